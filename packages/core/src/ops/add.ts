import { add as stockAdd, clone } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Op } from '../define-op.ts';
import { definePairwise, pairwise, type Operand, type Pair, type PairAttributes } from './pairwise.ts';

export const addOp: Op<Pair, PairAttributes> = definePairwise({
  name: 'striate.Add',
  reference: ({ a, b }) => stockAdd(a, b),
  gradient: { saves: [], a: ({ dys: [dy] }) => clone(dy!), b: ({ dys: [dy] }) => clone(dy!) },
});

/**
 * a + b, element by element; repeated where one has one place and the other more, as in NumPy.
 *
 * @throws {ShapeError} if the shapes do not fit
 * @example
 * const y = ops.add(x, bias); // [N, C] and [C]
 */
export function add(a: Operand, b: Operand): Tensor {
  return pairwise('add', addOp, a, b);
}
