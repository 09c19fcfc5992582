import { ops } from '@striate/core';
import { onlyInput } from '../input-shapes.ts';
import { defineLayer, type LayerFunction, type LayerOptions } from '../layer-function.ts';
import { resolveOptions } from '../options.ts';

/**
 * Vectors of length 1 along the last axis: y = x / |x|. Those shorter than 1e-6 are divided by that.
 * Shapes: x and y [N, ..., C].
 *
 * @example
 * const embedding = unitNormalization()(dense({ units: 64 })(x));
 */
export function unitNormalization(options: LayerOptions = {}): LayerFunction {
  return defineLayer({
    type: 'unitNormalization',
    options: resolveOptions('unitNormalization', options, [], {}),
    outputShapes: (inputs) => [onlyInput('unitNormalization', inputs)],
    apply: ([x]) => ({ outputs: [ops.unitNorm(x!)] }),
  });
}
