import { ops, sizeOf } from '@striate/core';
import { onlyInput } from '../input-shapes.ts';
import { defineLayer, type LayerFunction, type LayerOptions } from '../layer-function.ts';
import { resolveOptions } from '../options.ts';

/**
 * All values of a sample in one row, channels running fastest. Shapes: x [N, ...], y [N, product of the rest].
 *
 * @example
 * const y = flatten()(x); // [5, 5, 16] becomes [400]
 */
export function flatten(options: LayerOptions = {}): LayerFunction {
  return defineLayer({
    type: 'flatten',
    computes: 'means',
    options: resolveOptions('flatten', options, [], {}),
    outputShapes(inputs) {
      const shape = onlyInput('flatten', inputs);
      return [[shape.includes(null) ? null : sizeOf(shape as readonly number[])]];
    },
    apply: ([x]) => ({ outputs: [ops.reshape(x!, [x!.shape[0], sizeOf(x!.shape.slice(1))])] }),
  });
}
