import { abs, add, mul, sign, square, sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, only, type Op } from '../define-op.ts';

export type PenaltyAttributes = {
  /** Weight of the sum of absolute values. */
  l1: number;
  /** Weight of the sum of squares (without 1/2). */
  l2: number;
};

export const penaltyOp: Op<{ x: Tensor }, PenaltyAttributes> = defineOp({
  name: 'striate.Penalty',
  shapes: () => [[]],
  reference: ({ x }, { l1, l2 }) => add(mul(sum(abs(x)), l1), mul(sum(square(x)), l2)),
  gradient: {
    saves: ['x'],
    of: ({ dys: [dy], inputs: { x }, attributes }) => ({
      x: () => only(penaltyGradientOp({ dy: dy!, x }, attributes)),
    }),
  },
});

/**
 * l1 sum |x| + l2 sum x^2, a scalar. At x = 0 the gradient of |x| is 0.
 *
 * @example
 * const decay = ops.penalty(kernel, { l1: 0, l2: 1e-4 });
 */
export function penalty(x: Tensor, attributes: PenaltyAttributes): Tensor {
  return only(penaltyOp({ x }, attributes));
}

export const penaltyGradientOp: Op<{ dy: Tensor; x: Tensor }, PenaltyAttributes> = defineOp({
  name: 'striate.PenaltyGradient',
  shapes: ({ x }) => [x.shape],
  reference: ({ dy, x }, { l1, l2 }) => mul(dy, add(mul(sign(x), l1), mul(x, 2 * l2))),
});
