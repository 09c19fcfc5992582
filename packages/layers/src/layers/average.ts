import { ops, tidy, type Kind } from '@striate/core';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { equalInputs, mergeAll } from '../merge-inputs.ts';

/**
 * The mean of two or more tensors of one shape, element by element.
 *
 * @throws {ShapeError} when a model is made, if there are fewer than two inputs or their shapes differ
 * @example
 * const y = average()([a, b, c]);
 */
export const average: Kind<LayerOptions, LayerFunction> = layerKind({
  type: 'average',
  doc: 'The mean of tensors of one shape, element by element.',
  options: {},
  make: () => ({
    computes: 'means',
    outputShapes: (inputs) => [equalInputs('average', inputs)],
    apply: (inputs) =>
      tidy(() => {
        const [sum] = mergeAll(inputs, ops.add).outputs;
        return { outputs: [ops.rescale(sum!, { scale: [1 / inputs.length] })] };
      }),
  }),
});
