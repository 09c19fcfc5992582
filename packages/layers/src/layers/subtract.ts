import { ShapeError, ops } from '@striate/core';
import { defineLayer, type LayerFunction, type LayerOptions } from '../layer-function.ts';
import { equalInputs } from '../merge-inputs.ts';
import { resolveOptions } from '../options.ts';
import { add } from './add.ts';

/**
 * The difference of two tensors of one shape: the first less the second.
 *
 * @throws {ShapeError} when a model is made, if there are not two inputs or their shapes differ
 * @example
 * const y = subtract()([a, b]);
 */
export function subtract(options: LayerOptions = {}): LayerFunction {
  return defineLayer({
    type: 'subtract',
    withoutZeroSlopes: () => add(),
    options: resolveOptions('subtract', options, [], {}),
    outputShapes(inputs) {
      if (inputs.length > 2) throw new ShapeError(`subtract: has ${inputs.length} inputs, but takes 2.`);
      return [equalInputs('subtract', inputs)];
    },
    apply: ([a, b]) => ({ outputs: [ops.subtract(a!, b!)] }),
  });
}
