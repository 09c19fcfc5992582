import { ops, type Kind } from '@striate/core';
import type { LayerFunction } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { globalAveragePool2d } from './global-average-pool2d.ts';
import { globalPool2d, globalPool2dOptions, type GlobalPool2dOptions } from './global-pool2d.ts';

/**
 * The largest value of each channel over the whole image, of whatever size. Where several are equal, the gradient goes to
 * the first. Shapes: x [N, H, W, C], y [N, C], or [N, 1, 1, C] with `keepDims`.
 *
 * @throws {ShapeError} when a model is made, unless the input is an image
 * @example
 * const features = globalMaxPool2d()(x);
 */
export const globalMaxPool2d: Kind<GlobalPool2dOptions, LayerFunction> = layerKind({
  type: 'globalMaxPool2d',
  doc: 'The largest value of each channel over the whole image.',
  options: globalPool2dOptions,
  make: (settings) =>
    globalPool2d('globalMaxPool2d', settings, (x) => ops.adaptiveMaxPool2d(x, { outputSize: [1, 1] }), {
      withoutZeroSlopes: () => globalAveragePool2d(settings),
    }),
});
