import { ops, type AttributesOf } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, type Kernel, type KernelBackend } from '../kernel.ts';
import { itemsOf, rowsPerItem } from './split.ts';

export const localResponseNorm: Kernel = defineKernel(ops.localResponseNorm, {
  run: ({ inputs: { x }, attributes, backend }) => overPixels('localResponseNorm', x, attributes, backend),
});

export const localResponseNormGradient: Kernel = defineKernel(ops.localResponseNormGradient, {
  run: ({ inputs: { dy, x }, attributes, backend }) =>
    overPixels('localResponseNormGradient', x, attributes, backend, [backend.address(dy)]),
});

function overPixels(
  name: string,
  x: TensorInfo,
  { size, alpha, beta, k }: AttributesOf<typeof ops.localResponseNorm>,
  backend: KernelBackend,
  more: number[] = [],
): TensorInfo {
  const y = backend.output(x.shape);
  const channels = x.shape.at(-1)!;
  const pixels = sizeOf(x.shape.slice(0, -1));
  const perItem = rowsPerItem(channels * size, 65_536);
  const addresses = [backend.address(x), backend.address(y)];
  backend.run(name, [...addresses, pixels, channels, perItem, size, alpha, beta, k, ...more], {
    items: itemsOf(pixels, perItem),
    scratchBytes: (3 * channels + 4 * size + 20) * 4,
  });
  return y;
}
