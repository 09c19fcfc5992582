import { ops, sizeOf, type Kind } from '@striate/core';
import { onlyInput } from '../input-shapes.ts';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';

/**
 * All values of a sample in one row, channels running fastest. Shapes: x [N, ...], y [N, product of the rest].
 *
 * @example
 * const y = flatten()(x); // [5, 5, 16] becomes [400]
 */
export const flatten: Kind<LayerOptions, LayerFunction> = layerKind({
  type: 'flatten',
  doc: 'All values of a sample in one row.',
  options: {},
  make: () => ({
    computes: 'means',
    outputShapes(inputs) {
      const shape = onlyInput('flatten', inputs);
      return [[shape.includes(null) ? null : sizeOf(shape as readonly number[])]];
    },
    apply: ([x]) => ({ outputs: [ops.reshape(x!, [x!.shape[0], sizeOf(x!.shape.slice(1))])] }),
  }),
});
