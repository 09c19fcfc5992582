import { clone, neg, sub } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Op } from '../define-op.ts';
import { definePairwise, pairwise, type Operand, type Pair, type PairAttributes } from './pairwise.ts';

export const subtractOp: Op<Pair, PairAttributes> = definePairwise({
  name: 'striate.Subtract',
  reference: ({ a, b }) => sub(a, b),
  gradient: { saves: [], a: ({ dys: [dy] }) => clone(dy!), b: ({ dys: [dy] }) => neg(dy!) },
});

/**
 * a - b, element by element; repeated where one has one place and the other more, as in NumPy.
 *
 * @throws {ShapeError} if the shapes do not fit
 * @example
 * const rest = ops.subtract(1, shares);
 */
export function subtract(a: Operand, b: Operand): Tensor {
  return pairwise('subtract', subtractOp, a, b);
}
