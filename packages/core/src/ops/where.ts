import { logicalNot, tidy, where as stockWhere } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { checkTensor } from '../check-tensors.ts';
import { defineOp, only, type Op } from '../define-op.ts';
import { isTrue } from './cast.ts';
import { asTensor, broadcastShape, checkOperand, type Operand, type PairAttributes } from './pairwise.ts';
import { sumTo } from './sum.ts';

export const whereOp: Op<{ condition: Tensor; a: Tensor; b: Tensor }, PairAttributes> = defineOp({
  name: 'striate.Where',
  asGiven: ['condition'],
  shapes: ({ condition }, { aShape, bShape }) => [
    broadcastShape('where', condition.shape, broadcastShape('where', aShape, bShape)),
  ],
  reference: ({ condition, a, b }) => stockWhere(isTrue(condition), a, b),
  gradient: {
    saves: ['condition'],
    of: ({ dys: [dy], inputs: { condition }, attributes: { aShape, bShape } }) => ({
      a: () => sumTo(stockWhere(isTrue(condition), dy!, 0), aShape),
      b: () => sumTo(stockWhere(logicalNot(isTrue(condition)), dy!, 0), bShape),
    }),
  },
});

/**
 * a where the condition is true, and b elsewhere. All three are repeated where they have one place and others more, as in
 * NumPy. What is not chosen counts nothing, be it NaN, and gets a gradient of 0.
 *
 * @param condition of bool, as `ops.greater` and others give it, or numbers, of which all but 0 are true
 * @throws {ShapeError} if the shapes do not fit
 * @example
 * const logs = ops.where(ops.greater(x, 0), ops.log(x), 0);
 */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  checkTensor('where', 'condition', condition);
  checkOperand('where', 'a', a);
  checkOperand('where', 'b', b);
  if (typeof a !== 'number' && typeof b !== 'number') {
    return only(whereOp({ condition, a, b }, { aShape: a.shape, bShape: b.shape }));
  }
  return tidy(() => where(condition, asTensor(a), asTensor(b)));
}
