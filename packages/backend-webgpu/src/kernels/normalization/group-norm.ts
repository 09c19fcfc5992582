import { ops } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, type Kernel } from '../../kernel.ts';
import { groupSlots, mainOfSlots, slotLoop, type GroupSlots } from './group-slots.ts';
import { momentsCode } from './moments.ts';
import { overLanesCode } from './over-lanes.ts';
import { numbersCode, valueCode } from './values.ts';

/** One dispatch: the moments of each group, and then its values. Layer normalisation has one group. */
export const groupNorm: Kernel = defineKernel(ops.groupNorm, {
  run({ inputs, attributes, gpu }) {
    const { x, gamma, beta } = inputs;
    const { groups, epsilon } = attributes;
    const samples = x.shape[0]!;
    const y = gpu.output(x.shape);
    const mean = gpu.output([samples, groups]);
    const variance = gpu.output([samples, groups]);
    if (sizeOf(x.shape) === 0) return [y, mean, variance];
    const cut = slotsOf(x, groups);
    gpu.dispatch({
      name: 'groupNorm',
      constants: { ...cut.constants, EPSILON: epsilon },
      inputs: { x: cut.bind(x), gamma: cut.bind(gamma), beta: cut.bind(beta) },
      outputs: { y: cut.bind(y), mean, variance },
      uniforms: { count: { type: 'u32', value: cut.count } },
      workgroups: cut.workgroups,
      code: () => groupNormCode(cut),
    });
    return [y, mean, variance];
  },
});

/** How x [N, .., C] is cut. */
export function slotsOf({ shape }: TensorInfo, groups: number): GroupSlots {
  return groupSlots({ samples: shape[0]!, places: sizeOf(shape.slice(1, -1)), channels: shape.at(-1)!, groups });
}

function groupNormCode(cut: GroupSlots): string {
  return `${valueCode(cut)}${numbersCode(cut)}${momentsCode}${overLanesCode('Moments', cut.lanes, cut.threads)}${mainOfSlots(
    cut,
    `
  let shift = firstOf(x[corner]);
  var moments = Moments();
  ${slotLoop(cut, 'moments = withValue(moments, x[place] - shift);')}
  moments = overLanes(moments, first, 1u, lane);
  // What the numbers of a value have found becomes one.
  let center = total(moments.mean) / NUMBERS;
  let apart = moments.mean - center;
  let spread = total(moments.squares + apart * apart * moments.count) / (moments.count * NUMBERS);
  if (!inside) { return; }
  if (lane == 0) {
    mean[group] = shift + center;
    variance[group] = spread;
  }
  let inverse = inverseSqrt(spread + EPSILON);
  ${slotLoop(cut, 'y[place] = (x[place] - shift - center) * inverse * gamma[column] + beta[column];')}`,
  )}`;
}
