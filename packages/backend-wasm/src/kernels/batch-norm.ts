import { ops, type AttributesOf, type KernelInputsOf } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, type Kernel, type KernelBackend } from '../kernel.ts';
import { itemsOf, rowsPerItem } from './split.ts';

/** How many rows of `channels` numbers are handled as one, so that whole vectors fit (assembly/batch-norm-rows.ts). */
export function rowsAsOne(channels: number): number {
  const alignment = channels % 4 === 0 ? 1 : channels % 2 === 0 ? 2 : 4;
  return alignment * Math.max(1, Math.floor(64 / (channels * alignment)));
}

/** How x [..., C] is cut; `group` rows are handled as one. */
export function cutRows({ shape }: TensorInfo): {
  rows: number;
  channels: number;
  group: number;
  perItem: number;
  items: number;
} {
  const channels = shape.at(-1)!;
  const rows = channels === 0 ? 0 : sizeOf(shape) / channels;
  const group = rowsAsOne(channels);
  const perItem = group * rowsPerItem(channels * group);
  return { rows, channels, group, perItem, items: itemsOf(rows, perItem) };
}

/** Channels that an item of the combining kernels handles. */
export const channelsPerItem = 32;

export const batchNorm: Kernel = defineKernel(ops.batchNorm, {
  run({ inputs, attributes, backend }) {
    const { x } = inputs;
    const { rows, channels, group, perItem, items } = cutRows(x);
    const mean = backend.output([channels]);
    const variance = backend.output([channels]);
    const partials = backend.temporary(items * channels * 16);
    backend.run('batchNormMoments', [backend.address(x), partials, rows, channels, group, perItem], {
      items,
      scratchBytes: 12 * channels * group,
    });
    backend.run(
      'batchNormCombine',
      [partials, backend.address(mean), backend.address(variance), rows, channels, perItem, items],
      { items: itemsOf(channels, channelsPerItem) },
    );
    return [normalized(inputs, { mean, variance }, attributes, backend), mean, variance];
  },
});

export const batchNormInference: Kernel = defineKernel(ops.batchNormInference, {
  run: ({ inputs, attributes, backend }) => normalized(inputs, inputs, attributes, backend),
});

function normalized(
  { x, gamma, beta, residual }: KernelInputsOf<typeof ops.batchNorm>,
  { mean, variance }: Record<'mean' | 'variance', TensorInfo>,
  { epsilon, activation }: AttributesOf<typeof ops.batchNorm>,
  backend: KernelBackend,
): TensorInfo {
  const { rows, channels, group, perItem, items } = cutRows(x);
  const y = backend.output(x.shape);
  const perChannel = [gamma, beta, mean, variance].map((tensor) => backend.address(tensor));
  backend.run(
    'batchNormApply',
    [
      backend.address(x),
      backend.address(y),
      rows,
      channels,
      group,
      perItem,
      ...perChannel,
      residual ? backend.address(residual) : 0,
      Number(activation === 'relu'),
      epsilon,
    ],
    { items, scratchBytes: 16 * channels * group },
  );
  return y;
}
