import { reshape as stockReshape } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, only, type Op } from '../define-op.ts';
import { ShapeError } from '../errors.ts';
import { checkTensor } from '../check-tensors.ts';
import { sizeOf } from '../shape.ts';

type ReshapeAttributes = { shape: readonly number[]; inputShape: readonly number[] };

export const reshapeOp: Op<{ x: Tensor }, ReshapeAttributes> = defineOp({
  name: 'striate.Reshape',
  shapes({ x }, { shape }) {
    if (sizeOf(shape) !== x.size) {
      throw new ShapeError(
        `reshape: [${x.shape.join(', ')}] has ${x.size} elements, [${shape.join(', ')}] has ${sizeOf(shape)}.`,
      );
    }
    return [[...shape]];
  },
  reference: ({ x }, { shape }) => stockReshape(x, [...shape]),
  gradient: { saves: [], of: ({ dys: [dy], attributes }) => ({ x: () => reshape(dy!, attributes.inputShape) }) },
});

/**
 * The same elements under another shape; nothing is copied.
 *
 * @throws {ShapeError} if the number of elements differs.
 */
export function reshape(x: Tensor, shape: readonly number[]): Tensor {
  checkTensor('reshape', 'x', x);
  return only(reshapeOp({ x }, { shape, inputShape: x.shape }));
}
