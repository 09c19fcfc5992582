import { ShapeError, ops } from '@striate/core';
import { formatShape } from '../input-shapes.ts';
import { defineLayer, type LayerFunction, type LayerOptions } from '../layer-function.ts';
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
    options: resolveOptions('add', options, [], {}),
    outputShapes(inputs) {
      const shape = inputs[0]!;
      if (inputs.length < 2)
        throw new ShapeError(`add: has ${inputs.length} input, but needs at least 2: add()([a, b]).`);
      const other = inputs.find((candidate) => formatShape(candidate) !== formatShape(shape));
      if (other) {
        throw new ShapeError(
          `add: inputs are of shapes ${formatShape(shape)} and ${formatShape(other)}, but must be equal.`,
        );
      }
      return [shape];
    },
    apply([first, second, ...more]) {
      let sum = ops.add(first!, second!);
      for (const addend of more) {
        const partial = sum;
        sum = ops.add(partial, addend);
        partial.dispose();
      }
      return { outputs: [sum] };
    },
  });
}
