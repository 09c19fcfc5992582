import { ops } from '@striate/core';
import { imageInput } from '../input-shapes.ts';
import { defineLayer, type LayerFunction, type LayerOptions } from '../layer-function.ts';
import { resolveOptions } from '../options.ts';

/**
 * The mean of each channel over the whole image, of whatever size. Shapes: x [N, H, W, C], y [N, C].
 *
 * Source: Lin, Chen, Yan 2014, "Network in network".
 *
 * @throws {ShapeError} when a model is made, unless the input is an image
 * @example
 * const logits = dense({ units: 10 })(globalAveragePool2d()(x));
 */
export function globalAveragePool2d(options: LayerOptions = {}): LayerFunction {
  return defineLayer({
    type: 'globalAveragePool2d',
    options: resolveOptions('globalAveragePool2d', options, [], {}),
    outputShapes: (inputs) => [[imageInput('globalAveragePool2d', inputs)[2]]],
    apply: ([x]) => ({ outputs: [ops.globalAveragePool2d(x!)] }),
  });
}
