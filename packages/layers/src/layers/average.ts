import { ops, tidy } from '@striate/core';
import { defineLayer, type LayerFunction, type LayerOptions } from '../layer-function.ts';
import { equalInputs, mergeAll } from '../merge-inputs.ts';
import { resolveOptions } from '../options.ts';

/**
 * The mean of two or more tensors of one shape, element by element.
 *
 * @throws {ShapeError} when a model is made, if there are fewer than two inputs or their shapes differ
 * @example
 * const y = average()([a, b, c]);
 */
export function average(options: LayerOptions = {}): LayerFunction {
  return defineLayer({
    type: 'average',
    computes: 'means',
    options: resolveOptions('average', options, [], {}),
    outputShapes: (inputs) => [equalInputs('average', inputs)],
    apply: (inputs) =>
      tidy(() => {
        const [sum] = mergeAll(inputs, ops.add).outputs;
        return { outputs: [ops.rescale(sum!, { scale: [1 / inputs.length] })] };
      }),
  });
}
