import { ops, type AttributesOf } from '@striate/core/backend';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, type Kernel } from '../kernel.ts';
import { adaptiveArguments, rowsOfPool } from './pool-window.ts';

// What averagePool takes of its own: padding does not count, and there is no divisor.
const realPixels = [0, 0, 0, 0];

function outputOf(
  { shape }: TensorInfo,
  { outputSize }: AttributesOf<typeof ops.adaptiveAveragePool2d>,
): { shape: number[]; pixels: number } {
  const [batch, height, width, channels] = shape as [number, number, number, number];
  const pixels = Math.ceil(height / outputSize[0]) * Math.ceil(width / outputSize[1]);
  return { shape: [batch, ...outputSize, channels], pixels };
}

export const adaptiveAveragePool2d: Kernel = defineKernel(ops.adaptiveAveragePool2d, {
  run({ inputs: { x }, attributes, backend }) {
    const { shape, pixels } = outputOf(x, attributes);
    const y = backend.output(shape);
    const { rows, rowsPerItem, items } = rowsOfPool(shape, pixels);
    const window = adaptiveArguments(x.shape, shape);
    const addresses = [backend.address(x), backend.address(y)];
    backend.run('averagePool', [...addresses, rows, ...window, ...realPixels, rowsPerItem], { items });
    return y;
  },
});

export const adaptiveAveragePool2dGradient: Kernel = defineKernel(ops.adaptiveAveragePool2dGradient, {
  run({ inputs: { dy }, attributes: { inputShape }, backend }) {
    const dx = backend.output(inputShape);
    const window = adaptiveArguments(inputShape, dy.shape);
    backend.run('averagePoolGradient', [backend.address(dy), backend.address(dx), 0, ...window, ...realPixels], {
      items: inputShape[0]!,
    });
    return dx;
  },
});

export const adaptiveMaxPool2d: Kernel = defineKernel(ops.adaptiveMaxPool2d, {
  run({ inputs: { x }, attributes, backend }) {
    const { shape, pixels } = outputOf(x, attributes);
    const y = backend.output(shape);
    const { rows, rowsPerItem, items } = rowsOfPool(shape, pixels);
    const window = adaptiveArguments(x.shape, shape);
    backend.run('maxPool', [backend.address(x), backend.address(y), rows, ...window, 0, rowsPerItem], { items });
    return y;
  },
});

export const adaptiveMaxPool2dGradient: Kernel = defineKernel(ops.adaptiveMaxPool2dGradient, {
  run({ inputs: { dy, x, y }, backend }) {
    const dx = backend.output(x.shape);
    const window = adaptiveArguments(x.shape, y.shape);
    const addresses = [dy, x, y].map((tensor) => backend.address(tensor));
    backend.run('maxPoolGradient', [...addresses, ...window, 0, backend.address(dx)], { items: x.shape[0]! });
    return dx;
  },
});
