import { ops, type Kind } from '@striate/core';
import type { LayerFunction } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { globalPool2d, globalPool2dOptions, type GlobalPool2dOptions } from './global-pool2d.ts';

/**
 * The mean of each channel over the whole image, of whatever size. Shapes: x [N, H, W, C], y [N, C], or [N, 1, 1, C] with
 * `keepDims`.
 *
 * Source: Lin, Chen, Yan 2014, "Network in network".
 *
 * @throws {ShapeError} when a model is made, unless the input is an image
 * @example
 * const logits = dense({ units: 10 })(globalAveragePool2d()(x));
 */
export const globalAveragePool2d: Kind<GlobalPool2dOptions, LayerFunction> = layerKind({
  type: 'globalAveragePool2d',
  doc: 'The mean of each channel over the whole image.',
  options: globalPool2dOptions,
  make: (settings) => globalPool2d('globalAveragePool2d', settings, ops.globalAveragePool2d, { computes: 'means' }),
});
