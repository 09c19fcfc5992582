import { ops } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, type Kernel, type KernelBackend } from '../kernel.ts';
import { outputShapeOf, rowsOfPool, windowArguments } from './pool-window.ts';
import { cutSamples } from './random.ts';

export const stochasticPool2d: Kernel = defineKernel(ops.stochasticPool2d, {
  run: ({ inputs: { x }, attributes, backend }) =>
    pooled(x, attributes, randomBitsFor(outputShapeOf(x.shape, attributes), attributes, backend), backend),
});

export const stochasticPool2dGradient: Kernel = defineKernel(ops.stochasticPool2dGradient, {
  run: ({ inputs: { dy, x }, attributes, backend }) =>
    gradient(dy, x, attributes, randomBitsFor(dy.shape, attributes, backend), backend),
});

export const probabilityPool2d: Kernel = defineKernel(ops.probabilityPool2d, {
  run: ({ inputs: { x }, attributes, backend }) => pooled(x, attributes, 0, backend),
});

export const probabilityPool2dGradient: Kernel = defineKernel(ops.probabilityPool2dGradient, {
  run: ({ inputs: { dy, x }, attributes, backend }) => gradient(dy, x, attributes, 0, backend),
});

/** Address of the bits that every place of the output draws with. */
function randomBitsFor(shape: readonly number[], source: ops.RandomSource, backend: KernelBackend): number {
  // The pooling kernel reads whole vectors, beyond the end too.
  const bits = backend.temporary(sizeOf(shape) * 4 + 32);
  const { items, args } = cutSamples(shape, source);
  backend.run('randomBits', [bits, ...args], { items, scratchBytes: 128 });
  return bits;
}

function pooled(x: TensorInfo, attributes: ops.PoolGeometry, bits: number, backend: KernelBackend): TensorInfo {
  const y = backend.output(outputShapeOf(x.shape, attributes));
  const { rows, rowsPerItem, items } = rowsOfPool(y.shape, 2 * sizeOf(attributes.poolSize));
  const window = windowArguments(x.shape, y.shape, attributes);
  const addresses = [backend.address(x), backend.address(y), bits];
  backend.run('stochasticPool', [...addresses, ...window, rows, rowsPerItem], { items });
  return y;
}

function gradient(
  dy: TensorInfo,
  x: TensorInfo,
  attributes: ops.PoolGeometry,
  bits: number,
  backend: KernelBackend,
): TensorInfo {
  const dx = backend.output(x.shape);
  const window = windowArguments(x.shape, dy.shape, attributes);
  const addresses = [backend.address(x), backend.address(dx), bits];
  backend.run('stochasticPoolGradient', [...addresses, ...window, backend.address(dy)], { items: x.shape[0]! });
  return dx;
}
