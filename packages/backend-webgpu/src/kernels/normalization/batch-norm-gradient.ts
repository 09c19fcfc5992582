import { ops, type AttributesOf, type KernelInputsOf } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, type Gpu, type Kernel, type KernelCall } from '../../kernel.ts';
import { sumsCode } from './moments.ts';
import { overLanesCode } from './over-lanes.ts';
import { chunksLoop, mainOfChunks, rowChunks, rowsLoop, type RowChunks } from './row-chunks.ts';
import { valueCode } from './values.ts';

export const batchNormGradient: Kernel = defineKernel(ops.batchNormGradient, {
  run: (call) => gradients(call, true),
});

/** With mean and variance as constants. */
export const batchNormInferenceGradient: Kernel = defineKernel(ops.batchNormInferenceGradient, {
  run: (call) => gradients(call, false),
});

/** Two dispatches: sums over chunks of rows, dy with its mask on the way; and the rest, where each workgroup adds those. */
function gradients(
  {
    inputs,
    attributes,
    gpu,
  }: KernelCall<KernelInputsOf<typeof ops.batchNormGradient>, AttributesOf<typeof ops.batchNormGradient>>,
  momentsDependOnX: boolean,
): TensorInfo[] {
  const { dy, x, gamma, y } = inputs;
  const { epsilon, residual } = attributes;
  const dx = gpu.output(x.shape);
  const dGamma = gpu.output(gamma.shape);
  const dBeta = gpu.output(gamma.shape);
  // What reaches the residual is dy with its mask.
  const masked = residual && y ? gpu.output(x.shape) : undefined;
  const dResidual = residual ? [masked ?? gpu.alias(dy, dy.shape)] : [];
  if (sizeOf(gamma.shape) === 0) return [dx, dGamma, dBeta, ...dResidual];
  const cut = rowChunks(x.shape);
  const partials = sumsOfChunks(gpu, inputs, { epsilon, masked, cut });
  const mask = masked ? undefined : y;
  gpu.dispatch({
    name: 'batchNormGradient',
    constants: { ...cut.constants, TRAINING: momentsDependOnX },
    inputs: {
      dy: cut.bind(masked ?? dy),
      x: cut.bind(x),
      partials: cut.bind(partials),
      ...(mask && { y: cut.bind(mask) }),
    },
    outputs: { dx: cut.bind(dx), dGamma: cut.bind(dGamma), dBeta: cut.bind(dBeta) },
    workgroups: cut.workgroups,
    code: () => applyCode(cut, mask !== undefined),
  });
  return [dx, dGamma, dBeta, ...dResidual];
}

interface Masking {
  epsilon: number;
  /** Where to put dy with its mask. */
  masked: TensorInfo | undefined;
  cut: RowChunks;
}

/**
 * [2 chunks + 3, C]: for each chunk the sums of dz and of dz (x - mean); then mean, 1 / deviation, and gamma / deviation,
 * since a dispatch may take eight tensors only.
 */
function sumsOfChunks(
  gpu: Gpu,
  inputs: KernelInputsOf<typeof ops.batchNormGradient>,
  { epsilon, masked, cut }: Masking,
): TensorInfo {
  const { dy, x, gamma, mean, variance, y } = inputs;
  const partials = gpu.scratch([2 * cut.chunks + 3, gamma.shape[0]!]);
  gpu.dispatch({
    name: 'batchNormGradient.sums',
    constants: { ...cut.constants, EPSILON: epsilon },
    inputs: {
      dy: cut.bind(dy),
      x: cut.bind(x),
      gamma: cut.bind(gamma),
      mean: cut.bind(mean),
      variance: cut.bind(variance),
      ...(y && { y: cut.bind(y) }),
    },
    outputs: { partials: cut.bind(partials), ...(masked && { masked: cut.bind(masked) }) },
    workgroups: cut.workgroups,
    code: () => sumsOfChunksCode(cut, { hasMask: y !== undefined, writesMasked: masked !== undefined }),
  });
  return partials;
}

const commonCode = (cut: RowChunks): string => `${valueCode(cut)}${sumsCode}${overLanesCode('Sums', cut.lanes)}`;

const maskedCode = (hasMask: boolean): string =>
  hasMask ? 'let dz = select(Value(), dy[place], y[place] > Value());' : 'let dz = dy[place];';

function sumsOfChunksCode(
  cut: RowChunks,
  { hasMask, writesMasked }: Record<'hasMask' | 'writesMasked', boolean>,
): string {
  return `${commonCode(cut)}${mainOfChunks(
    cut,
    `
  let center = mean[column];
  var sums = Sums();
  ${rowsLoop(
    cut,
    `${maskedCode(hasMask)}
    sums.plain += dz;
    sums.along += dz * (x[place] - center);
    ${writesMasked ? 'if (inside) { masked[place] = dz; }' : ''}`,
  )}
  sums = overLanes(sums, local.x, ${cut.width}, lane);
  if (writes) {
    partials[chunk * 2 * COLUMNS + column] = sums.plain;
    partials[(chunk * 2 + 1) * COLUMNS + column] = sums.along;
    if (chunk == 0) {
      let inverse = inverseSqrt(variance[column] + EPSILON);
      partials[2 * CHUNKS * COLUMNS + column] = center;
      partials[(2 * CHUNKS + 1) * COLUMNS + column] = inverse;
      partials[(2 * CHUNKS + 2) * COLUMNS + column] = gamma[column] * inverse;
    }
  }`,
  )}`;
}

function applyCode(cut: RowChunks, hasMask: boolean): string {
  return `${commonCode(cut)}${mainOfChunks(
    cut,
    `
  var sums = Sums();
  ${chunksLoop(cut, 'sums = combined(sums, Sums(partials[place], partials[place + COLUMNS]));')}
  sums = overLanes(sums, local.x, ${cut.width}, lane);
  let center = partials[2 * CHUNKS * COLUMNS + column];
  let inverse = partials[(2 * CHUNKS + 1) * COLUMNS + column];
  let factor = partials[(2 * CHUNKS + 2) * COLUMNS + column];
  if (writes && chunk == 0) {
    dGamma[column] = sums.along * inverse;
    dBeta[column] = sums.plain;
  }
  if (!inside) { return; }
  let plain = sums.plain / f32(ROWS);
  let along = sums.along * inverse * inverse / f32(ROWS);
  ${rowsLoop(
    cut,
    `${maskedCode(hasMask)}
    if (TRAINING) { dx[place] = (dz - plain - (x[place] - center) * along) * factor; } else { dx[place] = dz * factor; }`,
  )}`,
  )}`;
}
