import {
  equal,
  floor,
  greaterEqual,
  less,
  log,
  logicalAnd,
  mul,
  notEqual,
  pow,
  sub,
  where,
} from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Op } from '../define-op.ts';
import { definePairwise, pairwise, type Operand, type Pair, type PairAttributes } from './pairwise.ts';

/** NaN for every negative number to a power that is not whole; some libraries make an exception of -Infinity. */
const realPower = (a: Tensor, b: Tensor): Tensor =>
  where(logicalAnd(less(a, 0), notEqual(floor(b), b)), NaN, pow(a, b));

export const powerOp: Op<Pair, PairAttributes> = definePairwise({
  name: 'striate.Power',
  reference: ({ a, b }) => realPower(a, b),
  gradient: {
    saves: ['a', 'b'],
    savesOutputs: true,
    // x^0 is 1 everywhere, at 0 too.
    a: ({ dys: [dy], inputs: { a, b } }) => where(equal(b, 0), 0, mul(dy!, mul(b, realPower(a, sub(b, 1))))),
    // 0^b is 0 for every b above 0.
    b: ({ dys: [dy], inputs: { a, b }, outputs: [y] }) =>
      where(logicalAnd(equal(a, 0), greaterEqual(b, 0)), 0, mul(dy!, mul(y!, log(a)))),
  },
});

/**
 * a^b, element by element; repeated where one has one place and the other more, as in NumPy. NaN for a negative number to a
 * power that is not whole.
 *
 * @throws {ShapeError} if the shapes do not fit
 * @example
 * const weights = ops.power(ops.subtract(1, shares), 2); // of a focal loss
 */
export function power(a: Operand, b: Operand): Tensor {
  return pairwise('power', powerOp, a, b);
}
