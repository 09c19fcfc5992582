import { transpose as stockTranspose } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, only, type Op } from '../define-op.ts';
import { checkTensor } from '../check-tensors.ts';
import { describe } from '../describe.ts';
import { OptionError, ShapeError } from '../errors.ts';

export const transposeOp: Op<{ x: Tensor }, { permutation: readonly number[] }> = defineOp({
  name: 'striate.Transpose',
  shapes({ x }, { permutation }) {
    const isPermutation = permutation.toSorted((a, b) => a - b).every((axis, index) => axis === index);
    if (permutation.length !== x.rank || !isPermutation) {
      throw new ShapeError(
        `transpose: [${permutation.join(', ')}] is no order of the ${x.rank} axes of [${x.shape.join(', ')}].`,
      );
    }
    return [permutation.map((axis) => x.shape[axis]!)];
  },
  reference: ({ x }, { permutation }) => stockTranspose(x, [...permutation]),
  gradient: {
    saves: [],
    of: ({ dys: [dy], attributes: { permutation } }) => ({
      x: () =>
        transpose(
          dy!,
          permutation.map((_, axis) => permutation.indexOf(axis)),
        ),
    }),
  },
});

/**
 * The same elements with the axes in another order: axis i of the result is axis `permutation[i]` of x.
 *
 * @param permutation default: the last axis first
 * @throws {OptionError} for what is no list
 * @throws {ShapeError} if `permutation` is not an order of all axes.
 * @example
 * const nhwc = ops.transpose(nchw, [0, 2, 3, 1]);
 */
export function transpose(x: Tensor, permutation?: readonly number[]): Tensor {
  checkTensor('transpose', 'x', x);
  if (permutation !== undefined && !Array.isArray(permutation)) {
    throw new OptionError(`transpose: permutation is ${describe(permutation)}, but must be a list of axes.`);
  }
  return only(transposeOp({ x }, { permutation: permutation ?? x.shape.map((_, axis) => x.rank - 1 - axis) }));
}
