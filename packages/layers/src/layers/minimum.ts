import { ops } from '@striate/core';
import { defineLayer, type LayerFunction, type LayerOptions } from '../layer-function.ts';
import { equalInputs, mergeAll } from '../merge-inputs.ts';
import { resolveOptions } from '../options.ts';
import { add } from './add.ts';

/**
 * The smallest number at each place of two or more tensors of one shape. Its gradient goes to that one input, the first
 * of those that are equal.
 *
 * @throws {ShapeError} when a model is made, if there are fewer than two inputs or their shapes differ
 * @example
 * const y = minimum()([a, b]);
 */
export function minimum(options: LayerOptions = {}): LayerFunction {
  return defineLayer({
    type: 'minimum',
    withoutZeroSlopes: () => add(),
    options: resolveOptions('minimum', options, [], {}),
    outputShapes: (inputs) => [equalInputs('minimum', inputs)],
    apply: (inputs) => mergeAll(inputs, ops.minimum),
  });
}
