import { ops, type Kind } from '@striate/core';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { equalInputs, mergeAll } from '../merge-inputs.ts';
import { add } from './add.ts';

/**
 * The largest number at each place of two or more tensors of one shape. Its gradient goes to that one input, the first
 * of those that are equal.
 *
 * @throws {ShapeError} when a model is made, if there are fewer than two inputs or their shapes differ
 * @example
 * const y = maximum()([a, b]);
 */
export const maximum: Kind<LayerOptions, LayerFunction> = layerKind({
  type: 'maximum',
  doc: 'The largest number at each place of tensors of one shape.',
  options: {},
  make: () => ({
    withoutZeroSlopes: () => add(),
    outputShapes: (inputs) => [equalInputs('maximum', inputs)],
    apply: (inputs) => mergeAll(inputs, ops.maximum),
  }),
});
