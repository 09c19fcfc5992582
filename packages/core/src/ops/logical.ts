import { logicalAnd as stockAnd, logicalNot as stockNot, logicalOr as stockOr } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { checkTensor } from '../check-tensors.ts';
import { callName, defineOp, only, type Op } from '../define-op.ts';
import { isTrue } from './cast.ts';
import { broadcastShape } from './pairwise.ts';

type Pair = { a: Tensor; b: Tensor };

const noGradient = 'its result is true or false. Let it choose in ops.where, whose gradient goes to what is chosen.';

const connective = (name: string, reference: (a: Tensor, b: Tensor) => Tensor): Op<Pair, object> => {
  const where = callName(name);
  return defineOp({
    name,
    asGiven: ['a', 'b'],
    shapes: ({ a, b }) => [broadcastShape(where, a.shape, b.shape)],
    reference: ({ a, b }) => reference(isTrue(a), isTrue(b)),
    noGradient,
  });
};

export const logicalAndOp: Op<Pair, object> = connective('striate.LogicalAnd', stockAnd);
export const logicalOrOp: Op<Pair, object> = connective('striate.LogicalOr', stockOr);
export const logicalNotOp: Op<{ x: Tensor }, object> = defineOp({
  name: 'striate.LogicalNot',
  asGiven: ['x'],
  shapes: ({ x }) => [x.shape],
  reference: ({ x }) => stockNot(isTrue(x)),
  noGradient,
});

/**
 * Whether both are true, element by element; of numbers all but 0 are. Repeated where one has one place and the other
 * more, as in NumPy. A tensor of bool; it has no gradient.
 *
 * @throws {ShapeError} if the shapes do not fit
 * @example
 * const isShare = ops.logicalAnd(ops.greaterEqual(x, 0), ops.lessEqual(x, 1));
 */
export function logicalAnd(a: Tensor, b: Tensor): Tensor {
  return only(logicalAndOp({ a, b }, {}));
}

/** Whether one of both is true; see {@link logicalAnd}. @throws {ShapeError} if the shapes do not fit */
export function logicalOr(a: Tensor, b: Tensor): Tensor {
  return only(logicalOrOp({ a, b }, {}));
}

/**
 * Whether it is false, element by element; of numbers 0 alone is. A tensor of bool; it has no gradient.
 *
 * @example
 * const isRight = ops.logicalNot(ops.notEqual(ops.argMax(logits, { axis: -1 }), labels));
 */
export function logicalNot(x: Tensor): Tensor {
  checkTensor('logicalNot', 'x', x);
  return only(logicalNotOp({ x }, {}));
}
