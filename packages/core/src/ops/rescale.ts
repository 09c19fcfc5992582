import { add, mul, tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, only, type Op } from '../define-op.ts';
import { ShapeError } from '../errors.ts';

/** One number for all elements, or one for each place of the last axis. */
type RescaleAttributes = { scale: readonly number[]; offset: readonly number[] };

export const rescaleOp: Op<{ x: Tensor }, RescaleAttributes> = defineOp({
  name: 'striate.Rescale',
  shapes({ x }, { scale, offset }) {
    const channels = x.shape.at(-1) ?? 1;
    for (const [name, { length }] of Object.entries({ scale, offset })) {
      if (length === 1 || length === channels) continue;
      throw new ShapeError(`rescale: ${name} has ${length} numbers, but must have 1 or ${channels}, one a channel.`);
    }
    return [x.shape];
  },
  reference({ x }, { scale, offset }) {
    const product = mul(x, operand(scale));
    return offset.every((number) => number === 0) ? product : add(product, operand(offset));
  },
  gradient: {
    saves: [],
    of: ({ dys: [dy], attributes: { scale } }) => ({ x: () => rescale(dy!, { scale }) }),
  },
});

const operand = (numbers: readonly number[]): Tensor =>
  tensor([...numbers], numbers.length === 1 ? [] : [numbers.length]);

/**
 * y = x scale + offset, with constants: one number for all elements, or one for each place of the last axis.
 *
 * @throws {ShapeError} if there are neither one number nor as many as channels
 * @example
 * const unit = ops.rescale(bytes, { scale: [1 / 255] });
 */
export function rescale(
  x: Tensor,
  { scale = [1], offset = [0] }: { scale?: readonly number[]; offset?: readonly number[] },
): Tensor {
  return only(rescaleOp({ x }, { scale, offset }));
}
