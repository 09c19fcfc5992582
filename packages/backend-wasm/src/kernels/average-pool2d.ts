import { ops, type AttributesOf } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import { defineKernel, type Kernel } from '../kernel.ts';
import { outputShapeOf, rowsOfPool, windowArguments } from './pool-window.ts';
import { itemsOf, rowsPerItem } from './split.ts';

/** The own arguments of both kernels of assembly/average-pool.ts. */
function countingArguments(
  [, height, width]: readonly number[],
  { countPadding, padding, overhang = [0, 0], divisor = 0 }: AttributesOf<typeof ops.averagePool2d>,
): number[] {
  const [bottom, right] = [height! + padding[1] - overhang[0], width! + padding[3] - overhang[1]];
  return [Number(countPadding), bottom, right, divisor];
}

export const averagePool2d: Kernel = defineKernel(ops.averagePool2d, {
  run({ inputs: { x }, attributes, backend }) {
    const y = backend.output(outputShapeOf(x.shape, attributes));
    const { rows, rowsPerItem: perItem, items } = rowsOfPool(y.shape, sizeOf(attributes.poolSize));
    const window = windowArguments(x.shape, y.shape, attributes);
    const own = [...countingArguments(x.shape, attributes), perItem];
    backend.run('averagePool', [backend.address(x), backend.address(y), rows, ...window, ...own], { items });
    return y;
  },
});

export const averagePool2dGradient: Kernel = defineKernel(ops.averagePool2dGradient, {
  run({ inputs: { dy }, attributes, backend }) {
    const { inputShape } = attributes;
    const dx = backend.output(inputShape);
    const window = windowArguments(inputShape, dy.shape, attributes);
    const own = countingArguments(inputShape, attributes);
    backend.run('averagePoolGradient', [backend.address(dy), backend.address(dx), 0, ...window, ...own], {
      items: inputShape[0]!,
    });
    return dx;
  },
});

export const globalAveragePool2d: Kernel = defineKernel(ops.globalAveragePool2d, {
  run({ inputs: { x }, backend }) {
    const [batch, height, width, channels] = x.shape as [number, number, number, number];
    const y = backend.output([batch, channels]);
    const images = rowsPerItem(height * width * channels);
    backend.run(
      'globalAveragePool',
      [backend.address(x), backend.address(y), height * width, channels, batch, images],
      { items: itemsOf(batch, images) },
    );
    return y;
  },
});

export const globalAveragePool2dGradient: Kernel = defineKernel(ops.globalAveragePool2dGradient, {
  run({ inputs: { dy }, attributes: { inputShape }, backend }) {
    const [batch, height, width, channels] = inputShape as [number, number, number, number];
    const pixels = height * width;
    const dx = backend.output(inputShape);
    const images = rowsPerItem(pixels * channels);
    backend.run(
      'globalAveragePoolGradient',
      [backend.address(dy), backend.address(dx), pixels, channels, batch, images, 1 / pixels],
      { items: itemsOf(batch, images) },
    );
    return dx;
  },
});
