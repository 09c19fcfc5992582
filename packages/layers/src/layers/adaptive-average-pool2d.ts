import { ops, type Kind } from '@striate/core';
import type { LayerFunction } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { adaptivePool2d, adaptivePool2dOptions, type AdaptivePool2dOptions } from './adaptive-pool2d.ts';

/**
 * Average pooling to a size of its own choice, whatever the image's: window i of n covers the rows from floor(i H / n) up
 * to, but without, ceil((i + 1) H / n), and so do columns (PyTorch's rule; windows may overlap by a pixel).
 * Shapes: x [N, H, W, C], y [N, ...outputSize, C].
 *
 * @throws {OptionError} unless the sizes are positive whole numbers
 * @throws {ShapeError} when a model is made, unless the input is an image
 * @example
 * const y = adaptiveAveragePool2d({ outputSize: 7 })(x); // images of any size become [7, 7, C]
 */
export const adaptiveAveragePool2d: Kind<AdaptivePool2dOptions, LayerFunction> = layerKind({
  type: 'adaptiveAveragePool2d',
  doc: 'Average pooling to a size of its own choice.',
  options: adaptivePool2dOptions,
  make: (settings) =>
    adaptivePool2d('adaptiveAveragePool2d', settings, ops.adaptiveAveragePool2d, { computes: 'means' }),
});
