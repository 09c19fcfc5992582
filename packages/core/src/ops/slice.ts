import { pad, slice as stockSlice } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, only, type Op } from '../define-op.ts';
import { ShapeError } from '../errors.ts';
import { checkTensor } from '../check-tensors.ts';

export type SliceAttributes = {
  /** First place along each axis. */
  begin: readonly number[];
  /** How many places along each axis. */
  size: readonly number[];
};

export const sliceOp: Op<{ x: Tensor }, SliceAttributes & { inputShape: readonly number[] }> = defineOp({
  name: 'striate.Slice',
  shapes({ x }, { begin, size }) {
    const fits =
      begin.length === x.rank &&
      size.length === x.rank &&
      x.shape.every((whole, axis) => begin[axis]! >= 0 && size[axis]! >= 0 && begin[axis]! + size[axis]! <= whole);
    if (fits) return [[...size]];
    throw new ShapeError(
      `slice: a box of [${size.join(', ')}] from [${begin.join(', ')}] on does not lie in [${x.shape.join(', ')}].`,
    );
  },
  reference: ({ x }, { begin, size }) => stockSlice(x, [...begin], [...size]),
  gradient: {
    saves: [],
    of: ({ dys: [dy], attributes: { begin, size, inputShape } }) => ({
      x: () =>
        pad(
          dy!,
          inputShape.map((whole, axis): [number, number] => [begin[axis]!, whole - begin[axis]! - size[axis]!]),
        ),
    }),
  },
});

/**
 * A copy of a box of x.
 *
 * @throws {ShapeError} if the box does not lie in x
 * @example
 * const firstTwoRows = ops.slice(x, { begin: [0, 0], size: [2, x.shape[1]!] });
 */
export function slice(x: Tensor, box: SliceAttributes): Tensor {
  checkTensor('slice', 'x', x);
  return only(sliceOp({ x }, { ...box, inputShape: x.shape }));
}
