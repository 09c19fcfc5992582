import { ops, type AttributesOf, type KernelInputsOf } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, type Kernel, type KernelBackend } from '../kernel.ts';
import { channelsPerItem, rowsAsOne } from './batch-norm.ts';
import { layerNorm, layerNormGradient } from './layer-norm.ts';
import { itemsOf, rowsPerItem } from './split.ts';

/** How x [N, ..., C] is cut: chunks of rows, of each sample by itself. */
function cutSamples(
  { shape }: TensorInfo,
  groups: number,
): { channels: number; group: number; samples: number; items: number; args: number[] } {
  const [samples, channels] = [shape[0]!, shape.at(-1)!];
  const rows = sizeOf(shape.slice(1, -1));
  const group = rowsAsOne(channels);
  const perChunk = group * rowsPerItem(channels * group);
  const chunks = itemsOf(rows, perChunk);
  const args = [samples, rows, channels, group, perChunk, chunks, groups];
  return { channels, group, samples, items: samples * chunks, args };
}

/** Whether a sample is one row, normalised as a whole: kernels of its own go over it once. */
const isLayerNorm = ({ shape }: TensorInfo, { groups }: AttributesOf<typeof ops.groupNorm>): boolean =>
  groups === 1 && sizeOf(shape.slice(1, -1)) === 1;

export const groupNorm: Kernel = defineKernel(ops.groupNorm, {
  run({ inputs, attributes, backend }) {
    const { x, gamma, beta } = inputs;
    const { groups, epsilon } = attributes;
    if (isLayerNorm(x, attributes)) return layerNorm(inputs, epsilon, backend);
    const { channels, group, samples, items, args } = cutSamples(x, groups);
    const y = backend.output(x.shape);
    const [mean, variance] = [backend.output([samples, groups]), backend.output([samples, groups])];
    const partials = backend.temporary(items * channels * 16);
    const row = channels * group * 4;
    backend.run('groupNormMoments', [backend.address(x), 0, partials, ...args], { items, scratchBytes: 3 * row });
    const moments = [backend.address(mean), backend.address(variance)];
    backend.run('groupNormCombine', [...moments, partials, ...args], { items: samples });
    backend.run(
      'groupNormApply',
      [
        backend.address(x),
        backend.address(y),
        0,
        ...args,
        backend.address(gamma),
        backend.address(beta),
        ...moments,
        epsilon,
      ],
      { items, scratchBytes: 4 * row },
    );
    return [y, mean, variance];
  },
});

export const groupNormGradient: Kernel = defineKernel(ops.groupNormGradient, {
  run({ inputs, attributes, backend }) {
    if (isLayerNorm(inputs.x, attributes)) return layerNormGradient(inputs, attributes.epsilon, backend);
    return gradients(inputs, attributes, backend);
  },
});

function gradients(
  { dy, x, gamma, mean, variance }: KernelInputsOf<typeof ops.groupNormGradient>,
  { groups, epsilon }: AttributesOf<typeof ops.groupNorm>,
  backend: KernelBackend,
): TensorInfo[] {
  const { channels, group, samples, items, args } = cutSamples(x, groups);
  const dx = backend.output(x.shape);
  const [dGamma, dBeta] = [backend.output([channels]), backend.output([channels])];
  const partials = backend.temporary(items * channels * 16);
  const coefficients = backend.temporary(3 * samples * groups * 4);
  const row = channels * group * 4;
  const [gammas, means, variances] = [gamma, mean, variance].map((tensor) => backend.address(tensor)) as [
    number,
    number,
    number,
  ];
  const both = [backend.address(dy), backend.address(x)];
  backend.run('groupNormGradientSums', [...both, partials, ...args, means], { items, scratchBytes: 4 * row });
  backend.run('groupNormGradientCombine', [0, 0, partials, ...args, gammas, variances, epsilon, coefficients], {
    items: samples,
  });
  backend.run(
    'groupNormGradientParameters',
    [backend.address(dGamma), backend.address(dBeta), partials, ...args, variances, epsilon],
    { items: itemsOf(channels, channelsPerItem) },
  );
  backend.run('groupNormGradientApply', [...both, backend.address(dx), ...args, gammas, means, coefficients], {
    items,
    scratchBytes: 5 * row,
  });
  return [dx, dGamma, dBeta];
}
