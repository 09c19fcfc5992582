import * as stock from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Op } from '../define-op.ts';
import { definePairwise, pairwise, type Operand, type Pair, type PairAttributes } from './pairwise.ts';

const comparison = (name: string, reference: (a: Tensor, b: Tensor) => Tensor): Op<Pair, PairAttributes> =>
  definePairwise({
    name,
    reference: ({ a, b }) => reference(a, b),
    noGradient: 'its result is true or false. Let it choose in ops.where, whose gradient goes to what is chosen.',
  });

export const greaterOp: Op<Pair, PairAttributes> = comparison('striate.Greater', stock.greater);
export const greaterEqualOp: Op<Pair, PairAttributes> = comparison('striate.GreaterEqual', stock.greaterEqual);
export const lessOp: Op<Pair, PairAttributes> = comparison('striate.Less', stock.less);
export const lessEqualOp: Op<Pair, PairAttributes> = comparison('striate.LessEqual', stock.lessEqual);
export const equalOp: Op<Pair, PairAttributes> = comparison('striate.Equal', stock.equal);
export const notEqualOp: Op<Pair, PairAttributes> = comparison('striate.NotEqual', stock.notEqual);

/**
 * Whether a > b, element by element: a tensor of bool, 1 and 0; repeated where one has one place and the other more, as in
 * NumPy. False where one is NaN. It has no gradient.
 *
 * @throws {ShapeError} if the shapes do not fit
 * @example
 * const y = ops.where(ops.greater(x, 0), x, ops.multiply(x, 0.1));
 */
export function greater(a: Operand, b: Operand): Tensor {
  return pairwise('greater', greaterOp, a, b);
}

/** Whether a >= b; see {@link greater}. @throws {ShapeError} if the shapes do not fit */
export function greaterEqual(a: Operand, b: Operand): Tensor {
  return pairwise('greaterEqual', greaterEqualOp, a, b);
}

/** Whether a < b; see {@link greater}. @throws {ShapeError} if the shapes do not fit */
export function less(a: Operand, b: Operand): Tensor {
  return pairwise('less', lessOp, a, b);
}

/** Whether a <= b; see {@link greater}. @throws {ShapeError} if the shapes do not fit */
export function lessEqual(a: Operand, b: Operand): Tensor {
  return pairwise('lessEqual', lessEqualOp, a, b);
}

/** Whether a = b; see {@link greater}. @throws {ShapeError} if the shapes do not fit */
export function equal(a: Operand, b: Operand): Tensor {
  return pairwise('equal', equalOp, a, b);
}

/** Whether a and b differ, true where one is NaN; see {@link greater}. @throws {ShapeError} if the shapes do not fit */
export function notEqual(a: Operand, b: Operand): Tensor {
  return pairwise('notEqual', notEqualOp, a, b);
}
