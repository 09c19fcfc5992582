import { ops, type Kind } from '@striate/core';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { equalInputs, mergeAll } from '../merge-inputs.ts';

/**
 * The sum of two or more tensors of one shape, as in a skip connection.
 *
 * @throws {ShapeError} when a model is made, if there are fewer than two inputs or their shapes differ
 * @example
 * const y = add()([x, shortcut]);
 */
export const add: Kind<LayerOptions, LayerFunction> = layerKind({
  type: 'add',
  doc: 'The sum of tensors of one shape.',
  options: {},
  make: () => ({
    computes: 'sum',
    outputShapes: (inputs) => [equalInputs('add', inputs)],
    apply: (inputs) => mergeAll(inputs, ops.add),
  }),
});
