import { ops } from '@striate/core';
import { defineLayer, type LayerFunction, type LayerOptions } from '../layer-function.ts';
import { equalInputs, mergeAll } from '../merge-inputs.ts';
import { resolveOptions } from '../options.ts';
import { add } from './add.ts';

/**
 * The largest number at each place of two or more tensors of one shape. Its gradient goes to that one input, the first
 * of those that are equal.
 *
 * @throws {ShapeError} when a model is made, if there are fewer than two inputs or their shapes differ
 * @example
 * const y = maximum()([a, b]);
 */
export function maximum(options: LayerOptions = {}): LayerFunction {
  return defineLayer({
    type: 'maximum',
    withoutZeroSlopes: () => add(),
    options: resolveOptions('maximum', options, [], {}),
    outputShapes: (inputs) => [equalInputs('maximum', inputs)],
    apply: (inputs) => mergeAll(inputs, ops.maximum),
  });
}
