import { add, clone, mean, mul, relu, reshape, rsqrt, square, sub, sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, once, only, type Op } from '../define-op.ts';
import { ShapeError } from '../errors.ts';
import { maskByOutput, type FusedActivation } from './mask.ts';

export type BatchNormAttributes = {
  /** Added to the variance, so that a constant channel does not divide by 0. */
  epsilon: number;
  activation: FusedActivation;
};

// The tape does not tell a gradient which inputs an op had.
type WithResidual = BatchNormAttributes & { residual: boolean };

type Affine = { x: Tensor; gamma: Tensor; beta: Tensor };
type Residual = { residual?: Tensor | undefined };
type Moments = { mean: Tensor; variance: Tensor };

export const batchNormOp: Op<Affine & Residual, WithResidual> = defineOp<Affine & Residual, WithResidual>({
  name: 'striate.BatchNorm',
  optional: ['residual'],
  shapes(inputs) {
    checkShapes(inputs);
    return [inputs.x.shape, inputs.gamma.shape, inputs.gamma.shape];
  },
  reference({ x, gamma, beta, residual }, attributes) {
    const moments = momentsOf(x);
    return [normalize({ x, gamma, beta, residual, ...moments }, attributes), moments.mean, moments.variance];
  },
  gradient: {
    saves: ['x', 'gamma'],
    savesOutputs: true,
    of: ({ dys: [dy], inputs: { x, gamma }, outputs: [y, batchMean, variance], attributes }) =>
      gradientsOf(batchNormGradientOp, { dy: dy!, x, gamma, mean: batchMean!, variance: variance!, y: y! }, attributes),
  },
});

/**
 * Batch normalisation in training, over all axes but the last, with an optional residual and activation:
 *
 *   y = act((x - mean) / sqrt(variance + epsilon) * gamma + beta + residual)
 *
 * Shapes: x, residual, y [..., C]; gamma, beta, mean, variance [C]. The variance returned is the biased one (divided
 * by the number of values). Gradients do not flow into the returned moments.
 *
 * Source: Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167
 *
 * @throws {ShapeError} if the channels do not fit.
 */
export function batchNorm(
  inputs: Affine & Residual,
  { epsilon, activation = 'linear' }: { epsilon: number; activation?: FusedActivation },
): Moments & { y: Tensor } {
  const [y, batchMean, variance] = batchNormOp(inputs, {
    epsilon,
    activation,
    residual: inputs.residual !== undefined,
  });
  return { y: y!, mean: batchMean!, variance: variance! };
}

export const batchNormInferenceOp: Op<Affine & Moments & Residual, WithResidual> = defineOp<
  Affine & Moments & Residual,
  WithResidual
>({
  name: 'striate.BatchNormInference',
  optional: ['residual'],
  shapes(inputs) {
    checkShapes(inputs);
    return [inputs.x.shape];
  },
  reference: normalize,
  gradient: {
    saves: ['x', 'gamma', 'mean', 'variance'],
    savesOutputs: true,
    of: ({ dys: [dy], inputs, outputs: [y], attributes }) =>
      gradientsOf(batchNormInferenceGradientOp, { dy: dy!, ...inputs, y: y! }, attributes),
  },
});

/**
 * Batch normalisation with given moments, as in inference or with a frozen layer:
 * y = act((x - mean) / sqrt(variance + epsilon) * gamma + beta + residual).
 *
 * @throws {ShapeError} if the channels do not fit.
 */
export function batchNormInference(
  inputs: Affine & Moments & Residual,
  { epsilon, activation = 'linear' }: { epsilon: number; activation?: FusedActivation },
): Tensor {
  return only(batchNormInferenceOp(inputs, { epsilon, activation, residual: inputs.residual !== undefined }));
}

type GradientInputs = Moments & { dy: Tensor; x: Tensor; gamma: Tensor; y?: Tensor | undefined };
export type BatchNormGradientAttributes = {
  epsilon: number;
  /** Also give the gradient of the residual, which is dy where the activation let it pass. */
  residual: boolean;
};

const gradientShapes = ({ dy, gamma }: GradientInputs, { residual }: BatchNormGradientAttributes): number[][] => [
  dy.shape,
  gamma.shape,
  gamma.shape,
  ...(residual ? [dy.shape] : []),
];

export const batchNormGradientOp: Op<GradientInputs, BatchNormGradientAttributes> = defineOp({
  name: 'striate.BatchNormGradient',
  optional: ['y'],
  shapes: gradientShapes,
  reference({ dy, x, gamma, mean: batchMean, variance, y }, { epsilon, residual }) {
    const { dz, normalized, inverseDeviation, dGamma, dBeta } = affineGradients(
      { dy, x, batchMean, variance, y },
      epsilon,
    );
    const count = x.size / gamma.size;
    const correction = mul(add(dBeta, mul(normalized, dGamma)), 1 / count);
    const dx = mul(sub(dz, correction), mul(gamma, inverseDeviation));
    return [dx, dGamma, dBeta, ...(residual ? [clone(dz)] : [])];
  },
});

export const batchNormInferenceGradientOp: Op<GradientInputs, BatchNormGradientAttributes> = defineOp({
  name: 'striate.BatchNormInferenceGradient',
  optional: ['y'],
  shapes: gradientShapes,
  reference({ dy, x, gamma, mean: batchMean, variance, y }, { epsilon, residual }) {
    const { dz, inverseDeviation, dGamma, dBeta } = affineGradients({ dy, x, batchMean, variance, y }, epsilon);
    return [mul(dz, mul(gamma, inverseDeviation)), dGamma, dBeta, ...(residual ? [clone(dz)] : [])];
  },
});

function gradientsOf(
  op: typeof batchNormGradientOp,
  { y, ...inputs }: GradientInputs,
  { epsilon, activation, residual }: WithResidual,
): Record<string, () => Tensor> {
  const all = once(() => op({ ...inputs, y: activation === 'relu' ? y : undefined }, { epsilon, residual }));
  return { x: () => all()[0]!, gamma: () => all()[1]!, beta: () => all()[2]!, residual: () => all()[3]! };
}

function affineGradients(
  {
    dy,
    x,
    batchMean,
    variance,
    y,
  }: { dy: Tensor; x: Tensor; batchMean: Tensor; variance: Tensor; y: Tensor | undefined },
  epsilon: number,
): Record<'dz' | 'normalized' | 'inverseDeviation' | 'dGamma' | 'dBeta', Tensor> {
  const dz = maskByOutput(dy, y);
  const inverseDeviation = rsqrt(add(variance, epsilon));
  const normalized = mul(sub(x, batchMean), inverseDeviation);
  return { dz, normalized, inverseDeviation, dGamma: sum(rows(mul(dz, normalized)), 0), dBeta: sum(rows(dz), 0) };
}

function normalize(
  { x, gamma, beta, mean: center, variance, residual }: Affine & Moments & Residual,
  { epsilon, activation }: BatchNormAttributes,
): Tensor {
  const scaled = add(mul(mul(sub(x, center), rsqrt(add(variance, epsilon))), gamma), beta);
  const z = residual ? add(scaled, residual) : scaled;
  return activation === 'relu' ? relu(z) : z;
}

function momentsOf(x: Tensor): Moments {
  const center = mean(rows(x), 0);
  return { mean: center, variance: mean(square(sub(rows(x), center)), 0) };
}

const rows = (x: Tensor): Tensor => reshape(x, [-1, x.shape.at(-1)!]);

function checkShapes({ x, residual, ...vectors }: Affine & Residual & Partial<Moments>): void {
  const channels = x.shape.at(-1);
  for (const [name, vector] of Object.entries(vectors)) {
    if (vector.rank !== 1 || vector.shape[0] !== channels) {
      throw new ShapeError(
        `batchNorm: ${name} is [${vector.shape.join(', ')}], but x [${x.shape.join(', ')}] has ${channels} channels.`,
      );
    }
  }
  if (residual && residual.shape.join() !== x.shape.join()) {
    throw new ShapeError(`batchNorm: residual is [${residual.shape.join(', ')}], but x is [${x.shape.join(', ')}].`);
  }
}
