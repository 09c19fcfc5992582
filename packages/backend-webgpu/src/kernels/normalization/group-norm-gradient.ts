import { ops, type AttributesOf, type KernelInputsOf } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, type Gpu, type Kernel } from '../../kernel.ts';
import { slotsOf } from './group-norm.ts';
import { mainOfSlots, slotLoop, type GroupSlots } from './group-slots.ts';
import { sumsCode } from './moments.ts';
import { overLanesCode } from './over-lanes.ts';
import { chunksLoop, mainOfChunks, rowChunks, rowsLoop, type RowChunks } from './row-chunks.ts';
import { numbersCode, valueCode } from './values.ts';

/** Three dispatches: dx by groups; what gamma and beta get by chunks of rows, and the sums of these. */
export const groupNormGradient: Kernel = defineKernel(ops.groupNormGradient, {
  run({ inputs, attributes, gpu }) {
    const { x, gamma } = inputs;
    const dx = gpu.output(x.shape);
    const dGamma = gpu.output(gamma.shape);
    const dBeta = gpu.output(gamma.shape);
    if (sizeOf(gamma.shape) === 0) return [dx, dGamma, dBeta];
    if (sizeOf(x.shape) > 0) inputGradient(gpu, inputs, attributes, dx);
    affineGradients(gpu, inputs, attributes, { dGamma, dBeta });
    return [dx, dGamma, dBeta];
  },
});

function inputGradient(
  gpu: Gpu,
  inputs: KernelInputsOf<typeof ops.groupNormGradient>,
  { groups, epsilon }: AttributesOf<typeof ops.groupNormGradient>,
  dx: TensorInfo,
): void {
  const { dy, x, gamma, mean, variance } = inputs;
  const cut = slotsOf(x, groups);
  gpu.dispatch({
    name: 'groupNormGradient',
    constants: { ...cut.constants, EPSILON: epsilon },
    inputs: { dy: cut.bind(dy), x: cut.bind(x), gamma: cut.bind(gamma), mean, variance },
    outputs: { dx: cut.bind(dx) },
    uniforms: { count: { type: 'u32', value: cut.count } },
    workgroups: cut.workgroups,
    code: () => inputGradientCode(cut),
  });
}

function inputGradientCode(cut: GroupSlots): string {
  return `${valueCode(cut)}${numbersCode(cut)}${sumsCode}${overLanesCode('Sums', cut.lanes, cut.threads)}${mainOfSlots(
    cut,
    `
  let center = mean[group];
  let inverse = inverseSqrt(variance[group] + EPSILON);
  var sums = Sums();
  ${slotLoop(
    cut,
    `let scaled = dy[place] * gamma[column];
    sums = combined(sums, Sums(scaled, scaled * (x[place] - center)));`,
  )}
  sums = overLanes(sums, first, 1u, lane);
  if (!inside) { return; }
  let size = f32(PLACES * COLUMNS) * NUMBERS;
  let plain = total(sums.plain) / size;
  let along = total(sums.along) * inverse * inverse / size;
  ${slotLoop(cut, 'dx[place] = (dy[place] * gamma[column] - plain - (x[place] - center) * along) * inverse;')}`,
  )}`;
}

function affineGradients(
  gpu: Gpu,
  { dy, x, mean, variance }: KernelInputsOf<typeof ops.groupNormGradient>,
  { groups, epsilon }: AttributesOf<typeof ops.groupNormGradient>,
  { dGamma, dBeta }: Record<'dGamma' | 'dBeta', TensorInfo>,
): void {
  const channels = x.shape.at(-1)!;
  const cut = rowChunks(x.shape, channels / groups);
  const places = Math.max(1, sizeOf(x.shape.slice(1, -1)));
  const partials = gpu.scratch([cut.chunks, 2, channels]);
  gpu.dispatch({
    name: 'groupNormGradient.partialSums',
    constants: { ...cut.constants, PLACES: places, GROUPS: groups, EPSILON: epsilon },
    inputs: { dy: cut.bind(dy), x: cut.bind(x), mean, variance },
    outputs: { partials: cut.bind(partials) },
    workgroups: cut.workgroups,
    code: () => partialSumsCode(cut),
  });
  gpu.dispatch({
    name: 'groupNormGradient.sums',
    constants: cut.constants,
    inputs: { partials: cut.bind(partials) },
    outputs: { dGamma: cut.bind(dGamma), dBeta: cut.bind(dBeta) },
    workgroups: [1, cut.workgroups[1], 1],
    code: () =>
      `${commonCode(cut)}${mainOfChunks(
        cut,
        `
  var sums = Sums();
  ${chunksLoop(cut, 'sums = combined(sums, Sums(partials[place], partials[place + COLUMNS]));')}
  sums = overLanes(sums, local.x, ${cut.width}, lane);
  if (writes) {
    dGamma[column] = sums.along;
    dBeta[column] = sums.plain;
  }`,
      )}`,
  });
}

const commonCode = (cut: RowChunks): string => `${valueCode(cut)}${sumsCode}${overLanesCode('Sums', cut.lanes)}`;

function partialSumsCode(cut: RowChunks): string {
  return `${commonCode(cut)}${mainOfChunks(
    cut,
    `
  var sums = Sums();
  ${rowsLoop(
    cut,
    `let group = row / PLACES * GROUPS + column * GROUPS / COLUMNS;
    let normalized = (x[place] - mean[group]) * inverseSqrt(variance[group] + EPSILON);
    sums = combined(sums, Sums(dy[place], dy[place] * normalized));`,
  )}
  sums = overLanes(sums, local.x, ${cut.width}, lane);
  if (writes) {
    partials[chunk * 2 * COLUMNS + column] = sums.plain;
    partials[(chunk * 2 + 1) * COLUMNS + column] = sums.along;
  }`,
  )}`;
}
