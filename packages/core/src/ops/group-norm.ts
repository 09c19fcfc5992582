import { add, mean, mul, reshape, rsqrt, square, sub, sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, once, only, type Op } from '../define-op.ts';
import { OptionError, ShapeError } from '../errors.ts';
import { checkTensor } from '../check-tensors.ts';
import { sizeOf } from '../shape.ts';
import { reshape as reshaped } from './reshape.ts';

export type GroupNormAttributes = {
  /** Into how many groups of neighbours the channels are cut; each is normalised by itself. */
  groups: number;
  /** Added to the variance, so that constant values do not divide by 0. */
  epsilon: number;
};

type Affine = { x: Tensor; gamma: Tensor; beta: Tensor };

export const groupNormOp: Op<Affine, GroupNormAttributes> = defineOp({
  name: 'striate.GroupNorm',
  shapes({ x, gamma, beta }, { groups }) {
    const channels = x.shape.at(-1)!;
    if (!Number.isInteger(groups) || groups < 1 || channels % groups !== 0) {
      throw new OptionError(`groupNorm: ${channels} channels cannot be cut into ${groups} groups.`);
    }
    for (const [name, vector] of Object.entries({ gamma, beta })) {
      if (vector.rank === 1 && vector.shape[0] === channels) continue;
      throw new ShapeError(
        `groupNorm: ${name} is [${vector.shape.join(', ')}], but x [${x.shape.join(', ')}] has ${channels} channels.`,
      );
    }
    const moments = [x.shape[0], groups];
    return [x.shape, moments, moments];
  },
  reference({ x, gamma, beta }, { groups, epsilon }) {
    const grouped = inGroups(x, groups);
    const center = mean(grouped, [1, 3], true);
    const variance = mean(square(sub(grouped, center)), [1, 3], true);
    const normalized = reshape(mul(sub(grouped, center), rsqrt(add(variance, epsilon))), x.shape);
    const moments = [x.shape[0], groups];
    return [add(mul(normalized, gamma), beta), reshape(center, moments), reshape(variance, moments)];
  },
  gradient: {
    saves: ['x', 'gamma'],
    savesOutputs: true,
    of({ dys: [dy], inputs: { x, gamma }, outputs: [, center, variance], attributes }) {
      const inputs = { dy: dy!, x, gamma, mean: center!, variance: variance! };
      const all = once(() => groupNormGradientOp(inputs, attributes));
      return { x: () => all()[0]!, gamma: () => all()[1]!, beta: () => all()[2]! };
    },
  },
});

/**
 * Group normalisation: of each sample, each group of channels is normalised over all places,
 *
 *   y = (x - mean) / sqrt(variance + epsilon) * gamma + beta
 *
 * With one channel a group it is instance normalisation, with one group layer normalisation over the whole image.
 * Training and inference are the same. Shapes: x, y [N, ..., C]; gamma, beta [C]; C is a multiple of `groups`, which are
 * of neighbouring channels.
 *
 * Source: Wu and He 2018, https://arxiv.org/abs/1803.08494
 *
 * @throws {OptionError} if the groups do not divide the channels
 * @throws {ShapeError} if gamma or beta do not fit
 * @example
 * const y = ops.groupNorm({ x, gamma, beta }, { groups: 8, epsilon: 1e-5 });
 */
export function groupNorm(inputs: Affine, attributes: GroupNormAttributes): Tensor {
  return only(groupNormOp(inputs, attributes));
}

/**
 * Layer normalisation: the last axes of each sample, as many as gamma and beta have, are normalised together:
 * y = (x - mean) / sqrt(variance + epsilon) * gamma + beta.
 *
 * Source: Ba, Kiros, Hinton 2016, https://arxiv.org/abs/1607.06450
 *
 * @throws {ShapeError} if gamma and beta are not of the shape of x's last axes
 * @example
 * const y = ops.layerNorm({ x, gamma: fill([C], 1), beta: fill([C], 0) }, { epsilon: 1e-5 }); // each pixel by itself
 */
export function layerNorm({ x, gamma, beta }: Affine, { epsilon }: { epsilon: number }): Tensor {
  for (const [name, input] of Object.entries({ x, gamma, beta })) checkTensor('layerNorm', name, input);
  const axes = gamma.shape;
  if (axes.length === 0 || x.shape.slice(-axes.length).join() !== axes.join() || beta.shape.join() !== axes.join()) {
    throw new ShapeError(
      `layerNorm: gamma is [${axes.join(', ')}] and beta [${beta.shape.join(', ')}], but both must be of the shape of the last axes of x [${x.shape.join(', ')}].`,
    );
  }
  const size = sizeOf(axes);
  const rows = groupNorm(
    { x: reshaped(x, [x.size / size, size]), gamma: reshaped(gamma, [size]), beta: reshaped(beta, [size]) },
    { groups: 1, epsilon },
  );
  return reshaped(rows, x.shape);
}

type GradientInputs = { dy: Tensor; x: Tensor; gamma: Tensor; mean: Tensor; variance: Tensor };

export const groupNormGradientOp: Op<GradientInputs, GroupNormAttributes> = defineOp({
  name: 'striate.GroupNormGradient',
  shapes: ({ x, gamma }) => [x.shape, gamma.shape, gamma.shape],
  reference({ dy, x, gamma, mean: center, variance }, { groups, epsilon }) {
    const perGroup = [x.shape[0], 1, groups, 1];
    const inverse = rsqrt(add(reshape(variance, perGroup), epsilon));
    const normalized = mul(sub(inGroups(x, groups), reshape(center, perGroup)), inverse);
    const scaled = inGroups(mul(dy, gamma), groups);
    const along = mean(mul(scaled, normalized), [1, 3], true);
    const dx = mul(sub(sub(scaled, mean(scaled, [1, 3], true)), mul(normalized, along)), inverse);
    const overRows = (z: Tensor): Tensor => sum(reshape(z, [-1, gamma.size]), 0);
    return [reshape(dx, x.shape), overRows(mul(dy, reshape(normalized, x.shape))), overRows(dy)];
  },
});

/** [N, places, groups, channels of a group] */
const inGroups = (x: Tensor, groups: number): Tensor => reshape(x, [x.shape[0], -1, groups, x.shape.at(-1)! / groups]);
