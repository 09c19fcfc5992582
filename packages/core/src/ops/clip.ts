import { clipByValue, greaterEqual, isNaN, lessEqual, logicalAnd, where } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { checkTensor } from '../check-tensors.ts';
import { defineOp, only, type Op } from '../define-op.ts';
import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';

type ClipAttributes = { minimum: number; maximum: number };

export const clipOp: Op<{ x: Tensor }, ClipAttributes> = defineOp({
  name: 'striate.Clip',
  shapes: ({ x }) => [x.shape],
  reference: ({ x }, { minimum, maximum }) => where(isNaN(x), x, clipByValue(x, minimum, maximum)),
  gradient: {
    saves: ['x'],
    of: ({ dys: [dy], inputs: { x }, attributes: { minimum, maximum } }) => ({
      x: () => where(logicalAnd(greaterEqual(x, minimum), lessEqual(x, maximum)), dy!, 0),
    }),
  },
});

/**
 * min(max(x, minimum), maximum), element by element. Its gradient is dy from minimum to maximum, and 0 outside.
 *
 * @throws {OptionError} unless both are numbers, minimum the smaller
 * @example
 * const safe = ops.log(ops.clip(shares, 1e-7, 1));
 */
export function clip(x: Tensor, minimum: number, maximum: number): Tensor {
  checkTensor('clip', 'x', x);
  if (!(typeof minimum === 'number' && typeof maximum === 'number' && minimum <= maximum)) {
    throw new OptionError(
      `clip: got a range from ${describe(minimum)} to ${describe(maximum)}, but wants two numbers, the first not above the second.`,
    );
  }
  return only(clipOp({ x }, { minimum, maximum }));
}
