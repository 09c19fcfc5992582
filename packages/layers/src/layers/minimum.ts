import { ops, type Kind } from '@striate/core';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { equalInputs, mergeAll } from '../merge-inputs.ts';
import { add } from './add.ts';

/**
 * The smallest number at each place of two or more tensors of one shape. Its gradient goes to that one input, the first
 * of those that are equal.
 *
 * @throws {ShapeError} when a model is made, if there are fewer than two inputs or their shapes differ
 * @example
 * const y = minimum()([a, b]);
 */
export const minimum: Kind<LayerOptions, LayerFunction> = layerKind({
  type: 'minimum',
  doc: 'The smallest number at each place of tensors of one shape.',
  options: {},
  make: () => ({
    withoutZeroSlopes: () => add(),
    outputShapes: (inputs) => [equalInputs('minimum', inputs)],
    apply: (inputs) => mergeAll(inputs, ops.minimum),
  }),
});
