import { ops } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, type Gpu, type Kernel } from '../../kernel.ts';
import { momentsCode } from './moments.ts';
import { overLanesCode } from './over-lanes.ts';
import { chunksLoop, mainOfChunks, rowChunks, rowsLoop, type RowChunks } from './row-chunks.ts';
import { valueCode } from './values.ts';

/** Two dispatches: moments of chunks of rows; and the rest, for which each workgroup combines those. Few rows need one. */
export const batchNorm: Kernel = defineKernel(ops.batchNorm, {
  run({ inputs, attributes, gpu }) {
    const { x, gamma, beta, residual } = inputs;
    const { epsilon, activation } = attributes;
    const y = gpu.output(x.shape);
    const mean = gpu.output(gamma.shape);
    const variance = gpu.output(gamma.shape);
    if (sizeOf(gamma.shape) === 0) return [y, mean, variance];
    const cut = rowChunks(x.shape);
    const partials = cut.chunks > 1 ? momentsOfChunks(gpu, x, cut) : undefined;
    gpu.dispatch({
      name: 'batchNorm',
      constants: { ...cut.constants, EPSILON: epsilon, RELU: activation === 'relu' },
      inputs: {
        x: cut.bind(x),
        gamma: cut.bind(gamma),
        beta: cut.bind(beta),
        ...(residual && { residual: cut.bind(residual) }),
        ...(partials && { partials: cut.bind(partials) }),
      },
      outputs: { y: cut.bind(y), mean: cut.bind(mean), variance: cut.bind(variance) },
      workgroups: cut.workgroups,
      code: () => applyCode(cut, residual !== undefined),
    });
    return [y, mean, variance];
  },
});

/** [chunks, 2, C]: mean and squared differences of each chunk, x counted from its first row. */
function momentsOfChunks(gpu: Gpu, x: TensorInfo, cut: RowChunks): TensorInfo {
  const partials = gpu.scratch([cut.chunks, 2, x.shape.at(-1)!]);
  gpu.dispatch({
    name: 'batchNorm.moments',
    constants: cut.constants,
    inputs: { x: cut.bind(x) },
    outputs: { partials: cut.bind(partials) },
    workgroups: cut.workgroups,
    code: () =>
      `${commonCode(cut)}${mainOfChunks(
        cut,
        `${momentsOfRows(cut)}
  if (writes) {
    partials[chunk * 2 * COLUMNS + column] = moments.mean;
    partials[(chunk * 2 + 1) * COLUMNS + column] = moments.squares;
  }`,
      )}`,
  });
  return partials;
}

const commonCode = (cut: RowChunks): string => `${valueCode(cut)}${momentsCode}${overLanesCode('Moments', cut.lanes)}`;

/** The first row is near the mean, so that counting from it keeps the digits that float32 has for the differences. */
const momentsOfRows = (cut: RowChunks): string => `
  let shift = x[column];
  var moments = Moments();
  ${rowsLoop(cut, 'moments = withValue(moments, x[place] - shift);')}
  moments = overLanes(moments, local.x, ${cut.width}, lane);`;

const combinedMoments = (cut: RowChunks): string => `
  let shift = x[column];
  var moments = Moments();
  ${chunksLoop(
    cut,
    `let count = f32(min(CHUNK_ROWS, ROWS - other * CHUNK_ROWS));
    moments = combined(moments, Moments(partials[place], partials[place + COLUMNS], count));`,
  )}
  moments = overLanes(moments, local.x, ${cut.width}, lane);`;

function applyCode(cut: RowChunks, hasResidual: boolean): string {
  return `${commonCode(cut)}${mainOfChunks(
    cut,
    `${cut.chunks > 1 ? combinedMoments(cut) : momentsOfRows(cut)}
  let spread = moments.squares / f32(ROWS);
  if (writes && chunk == 0) {
    mean[column] = shift + moments.mean;
    variance[column] = spread;
  }
  if (!inside) { return; }
  let factor = gamma[column] * inverseSqrt(spread + EPSILON);
  let offset = beta[column];
  ${rowsLoop(
    cut,
    `let z = (x[place] - shift - moments.mean) * factor + offset${hasResidual ? ' + residual[place]' : ''};
    if (RELU) { y[place] = rectified(z); } else { y[place] = z; }`,
  )}`,
  )}`;
}
