import * as stock from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { checkTensor } from '../check-tensors.ts';
import { defineOp, only, type Op } from '../define-op.ts';

type One = { x: Tensor };

interface Function {
  of(x: Tensor): Tensor;
  /** The gradient, made of x or of the result. */
  byX?(dy: Tensor, x: Tensor): Tensor;
  byY?(dy: Tensor, y: Tensor): Tensor;
}

/** A function of each element. */
const unaryOp = (name: string, { of, byX, byY }: Function): Op<One, object> =>
  defineOp<One, object>({
    name,
    shapes: ({ x }) => [x.shape],
    reference: ({ x }) => of(x),
    gradient: {
      saves: byX ? ['x'] : [],
      savesOutputs: byY !== undefined,
      of: ({ dys: [dy], inputs: { x }, outputs: [y] }) => ({ x: () => (byX ? byX(dy!, x) : byY!(dy!, y!)) }),
    },
  });

export const negativeOp: Op<One, object> = unaryOp('striate.Negative', {
  of: stock.neg,
  byX: (dy) => stock.neg(dy),
});
export const absOp: Op<One, object> = unaryOp('striate.Abs', {
  of: stock.abs,
  // 0 where x is NaN, on every backend.
  byX: (dy, x) => stock.where(stock.greater(x, 0), dy, stock.where(stock.less(x, 0), stock.neg(dy), 0)),
});
export const signOp: Op<One, object> = unaryOp('striate.Sign', {
  // Some kernels have 0 for the sign of NaN.
  of: (x) => stock.where(stock.isNaN(x), x, stock.sign(x)),
  byX: (dy) => stock.zerosLike(dy),
});
export const squareOp: Op<One, object> = unaryOp('striate.Square', {
  of: stock.square,
  byX: (dy, x) => stock.mul(dy, stock.mul(x, 2)),
});
export const sqrtOp: Op<One, object> = unaryOp('striate.Sqrt', {
  of: stock.sqrt,
  byY: (dy, y) => stock.div(dy, stock.mul(y, 2)),
});
export const expOp: Op<One, object> = unaryOp('striate.Exp', { of: stock.exp, byY: (dy, y) => stock.mul(dy, y) });
export const logOp: Op<One, object> = unaryOp('striate.Log', { of: stock.log, byX: (dy, x) => stock.div(dy, x) });

function each(where: string, op: Op<One, object>, x: Tensor): Tensor {
  checkTensor(where, 'x', x);
  return only(op({ x }, {}));
}

/** -x. @example const costs = ops.negative(gains); */
export function negative(x: Tensor): Tensor {
  return each('negative', negativeOp, x);
}

/** |x|; its gradient is 0 at 0. @example const errors = ops.abs(ops.subtract(outputs, targets)); */
export function abs(x: Tensor): Tensor {
  return each('abs', absOp, x);
}

/** 1, 0 or -1, as x is above, at or below 0; its gradient is 0 everywhere. @example const signs = ops.sign(x); */
export function sign(x: Tensor): Tensor {
  return each('sign', signOp, x);
}

/** x^2. @example const squares = ops.square(ops.subtract(outputs, targets)); */
export function square(x: Tensor): Tensor {
  return each('square', squareOp, x);
}

/** The square root, NaN below 0; its gradient is infinite at 0. @example const lengths = ops.sqrt(ops.sum(ops.square(x), { axis: -1 })); */
export function sqrt(x: Tensor): Tensor {
  return each('sqrt', sqrtOp, x);
}

/** e^x. @example const odds = ops.exp(logits); */
export function exp(x: Tensor): Tensor {
  return each('exp', expOp, x);
}

/** The natural logarithm, -Infinity at 0 and NaN below. @example const surprise = ops.negative(ops.log(shares)); */
export function log(x: Tensor): Tensor {
  return each('log', logOp, x);
}
