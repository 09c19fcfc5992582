import { ops } from '@striate/core';
import { defineLayer, type LayerFunction, type LayerOptions } from '../layer-function.ts';
import { equalInputs, mergeAll } from '../merge-inputs.ts';
import { resolveOptions } from '../options.ts';

/**
 * The sum of two or more tensors of one shape, as in a skip connection.
 *
 * @throws {ShapeError} when a model is made, if there are fewer than two inputs or their shapes differ
 * @example
 * const y = add()([x, shortcut]);
 */
export function add(options: LayerOptions = {}): LayerFunction {
  return defineLayer({
    type: 'add',
    computes: 'sum',
    options: resolveOptions('add', options, [], {}),
    outputShapes: (inputs) => [equalInputs('add', inputs)],
    apply: (inputs) => mergeAll(inputs, ops.add),
  });
}
