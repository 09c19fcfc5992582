import { ShapeError, ops, type Kind } from '@striate/core';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { equalInputs } from '../merge-inputs.ts';
import { add } from './add.ts';

/**
 * The difference of two tensors of one shape: the first less the second.
 *
 * @throws {ShapeError} when a model is made, if there are not two inputs or their shapes differ
 * @example
 * const y = subtract()([a, b]);
 */
export const subtract: Kind<LayerOptions, LayerFunction> = layerKind({
  type: 'subtract',
  doc: 'The first of two tensors less the second.',
  options: {},
  make: () => ({
    withoutZeroSlopes: () => add(),
    outputShapes(inputs) {
      if (inputs.length > 2) throw new ShapeError(`subtract: has ${inputs.length} inputs, but takes 2.`);
      return [equalInputs('subtract', inputs)];
    },
    apply: ([a, b]) => ({ outputs: [ops.subtract(a!, b!)] }),
  }),
});
