import {
  cast,
  greaterEqual,
  less,
  lessEqual,
  greater,
  maximum as stockMaximum,
  minimum as stockMinimum,
  mul,
} from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Op } from '../define-op.ts';
import { definePairwise, pairwise, type Operand, type Pair, type PairAttributes } from './pairwise.ts';

type OfTwo = (a: Tensor, b: Tensor) => Tensor;

/** The larger or the smaller of two; where they are equal, the first counts as chosen. */
const choiceOp = (name: string, choose: OfTwo, isFirst: OfTwo, isSecond: OfTwo): Op<Pair, PairAttributes> =>
  definePairwise({
    name,
    reference: ({ a, b }) => choose(a, b),
    gradient: {
      saves: ['a', 'b'],
      a: ({ dys: [dy], inputs: { a, b } }) => mul(dy!, cast(isFirst(a, b), 'float32')),
      b: ({ dys: [dy], inputs: { a, b } }) => mul(dy!, cast(isSecond(a, b), 'float32')),
    },
  });

export const maximumOp: Op<Pair, PairAttributes> = choiceOp('striate.Maximum', stockMaximum, greaterEqual, less);
export const minimumOp: Op<Pair, PairAttributes> = choiceOp('striate.Minimum', stockMinimum, lessEqual, greater);

/**
 * The larger of two numbers at each place; repeated where one has one place and the other more, as in NumPy. The gradient
 * goes to the larger one, to `a` where they are equal.
 *
 * @throws {ShapeError} if the shapes do not fit
 * @example
 * const rectified = ops.maximum(x, 0);
 */
export function maximum(a: Operand, b: Operand): Tensor {
  return pairwise('maximum', maximumOp, a, b);
}

/**
 * The smaller of two numbers at each place; repeated where one has one place and the other more, as in NumPy. The gradient
 * goes to the smaller one, to `a` where they are equal.
 *
 * @throws {ShapeError} if the shapes do not fit
 * @example
 * const capped = ops.minimum(x, 6);
 */
export function minimum(a: Operand, b: Operand): Tensor {
  return pairwise('minimum', minimumOp, a, b);
}
