import { ops, type Kind } from '@striate/core';
import type { LayerFunction } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { adaptiveAveragePool2d } from './adaptive-average-pool2d.ts';
import { adaptivePool2d, adaptivePool2dOptions, type AdaptivePool2dOptions } from './adaptive-pool2d.ts';

/**
 * Max pooling to a size of its own choice, with the windows of {@link adaptiveAveragePool2d}. Where several values are
 * equal, the gradient goes to the first. Shapes: x [N, H, W, C], y [N, ...outputSize, C].
 *
 * @throws {OptionError} unless the sizes are positive whole numbers
 * @throws {ShapeError} when a model is made, unless the input is an image
 * @example
 * const y = adaptiveMaxPool2d({ outputSize: [6, 6] })(x);
 */
export const adaptiveMaxPool2d: Kind<AdaptivePool2dOptions, LayerFunction> = layerKind({
  type: 'adaptiveMaxPool2d',
  doc: 'Max pooling to a size of its own choice.',
  options: adaptivePool2dOptions,
  make: (settings) =>
    adaptivePool2d('adaptiveMaxPool2d', settings, ops.adaptiveMaxPool2d, {
      withoutZeroSlopes: () => adaptiveAveragePool2d(settings),
    }),
});
