import { ShapeError, ops, option, type Kind } from '@striate/core';
import { formatShape, onlyInput } from '../input-shapes.ts';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';

/** Options of {@link permute}. */
export interface PermuteOptions extends LayerOptions {
  /** Which axis of x becomes the first, the second, ... of y; 1 is the first behind the batch, as in Keras. */
  dims: readonly number[];
}

/**
 * The same values with the axes in another order.
 *
 * @throws {OptionError} if `dims` is no order of 1, 2, ...
 * @throws {ShapeError} when a model is made, if x has another number of axes
 * @example
 * const channelsFirst = permute({ dims: [3, 1, 2] })(x); // [H, W, C] becomes [C, H, W]
 */
export const permute: Kind<PermuteOptions, LayerFunction> = layerKind({
  type: 'permute',
  doc: 'The same values with the axes in another order.',
  options: {
    dims: option.value<readonly number[]>({
      doc: 'Which axis of x becomes the first, the second, ...; 1 is the first behind the batch.',
      wanted: 'an order of the axes 1, 2, ..., such as [3, 1, 2]',
      fits: (dims) => Array.isArray(dims) && dims.toSorted((a, b) => a - b).every((axis, index) => axis === index + 1),
      example: [3, 1, 2],
    }),
  },
  make: ({ dims }) => ({
    computes: 'means',
    outputShapes(inputs) {
      const shape = onlyInput('permute', inputs);
      if (shape.length !== dims.length)
        throw new ShapeError(`permute: x is ${formatShape(shape)}, but dims is [${dims.join(', ')}].`);
      return [dims.map((axis) => shape[axis - 1]!)];
    },
    apply: ([x]) => ({ outputs: [ops.transpose(x!, [0, ...dims])] }),
  }),
});
