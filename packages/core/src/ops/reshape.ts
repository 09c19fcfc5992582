import { reshape as stockReshape } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, only, type Op } from '../define-op.ts';
import { describe } from '../describe.ts';
import { OptionError, ShapeError } from '../errors.ts';
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
 * @param shape one size may be -1: what is left
 * @throws {ShapeError} if the number of elements differs.
 * @example
 * const rows = ops.reshape(x, [-1, 10]);
 */
export function reshape(x: Tensor, shape: readonly number[]): Tensor {
  checkTensor('reshape', 'x', x);
  if (!Array.isArray(shape) || !shape.every((size) => Number.isInteger(size) && size >= -1)) {
    throw new OptionError(`reshape: shape is ${describe(shape)}, but must be a list of sizes, one of them -1 or none.`);
  }
  const open = shape.indexOf(-1);
  const rest = open < 0 ? 0 : x.size / Math.abs(sizeOf(shape));
  const whole = open < 0 || !Number.isInteger(rest) ? shape : shape.with(open, rest);
  return only(reshapeOp({ x }, { shape: whole, inputShape: x.shape }));
}
