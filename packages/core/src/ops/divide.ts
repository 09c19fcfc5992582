import { div, mul, neg } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Op } from '../define-op.ts';
import { definePairwise, pairwise, type Operand, type Pair, type PairAttributes } from './pairwise.ts';

export const divideOp: Op<Pair, PairAttributes> = definePairwise({
  name: 'striate.Divide',
  reference: ({ a, b }) => div(a, b),
  gradient: {
    saves: ['b'],
    savesOutputs: true,
    a: ({ dys: [dy], inputs: { b } }) => div(dy!, b),
    b: ({ dys: [dy], inputs: { b }, outputs: [y] }) => neg(div(mul(dy!, y!), b)),
  },
});

/**
 * a / b, element by element; repeated where one has one place and the other more, as in NumPy. What is divided by 0 is
 * infinite, and 0 / 0 is NaN.
 *
 * @throws {ShapeError} if the shapes do not fit
 * @example
 * const shares = ops.divide(counts, ops.sum(counts, { axis: -1, keepDims: true }));
 */
export function divide(a: Operand, b: Operand): Tensor {
  return pairwise('divide', divideOp, a, b);
}
