import { broadcastTo as stockBroadcastTo, sum as stockSum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { checkTensor } from '../check-tensors.ts';
import { defineOp, only, type Op } from '../define-op.ts';
import { ShapeError } from '../errors.ts';
import { axesOf, reducedShape, type ReduceAttributes, type ReduceOptions } from './axes.ts';
import { reshape } from './reshape.ts';

export const sumOp: Op<{ x: Tensor }, ReduceAttributes> = defineOp({
  name: 'striate.Sum',
  shapes: (_, { axes, keepDims, inputShape }) => [reducedShape(inputShape, axes, keepDims)],
  reference: ({ x }, { axes, keepDims }) => stockSum(x, [...axes], keepDims),
  gradient: {
    saves: [],
    of: ({ dys: [dy], attributes: { axes, inputShape } }) => ({
      x: () => broadcastTo(reshape(dy!, reducedShape(inputShape, axes, true)), inputShape),
    }),
  },
});

/**
 * Sum over axes, of all elements by default.
 *
 * Shapes: x [N, C] and axis 1 give [N], with keepDims [N, 1].
 *
 * @param options `axis`: one or several, counted from 0, or from the end if negative; `keepDims`: they stay, with size 1
 * @throws {OptionError} for an axis that x has not, or twice the same
 * @example
 * const rows = ops.sum(x, { axis: -1 });
 */
export function sum(x: Tensor, options: ReduceOptions = {}): Tensor {
  const { axes, keepDims } = axesOf('sum', x, options);
  return only(sumOp({ x }, { axes, keepDims, inputShape: x.shape }));
}

type BroadcastAttributes = { shape: readonly number[]; inputShape: readonly number[] };

export const broadcastToOp: Op<{ x: Tensor }, BroadcastAttributes> = defineOp({
  name: 'striate.BroadcastTo',
  shapes(_, { shape, inputShape }) {
    const lead = shape.length - inputShape.length;
    const fits = lead >= 0 && inputShape.every((size, axis) => size === 1 || size === shape[axis + lead]);
    if (fits) return [[...shape]];
    throw new ShapeError(
      `broadcastTo: [${inputShape.join(', ')}] does not fit into [${shape.join(', ')}]: sizes, compared from the last axis on, must be equal or 1.`,
    );
  },
  reference: ({ x }, { shape }) => stockBroadcastTo(x, [...shape]),
  gradient: {
    saves: [],
    of: ({ dys: [dy], attributes: { inputShape } }) => ({ x: () => sumTo(dy!, inputShape) }),
  },
});

/**
 * x under a larger shape: axes of size 1 and axes that are missing in front are repeated, as in NumPy. Ops of two tensors do
 * so by themselves.
 *
 * @throws {ShapeError} if x does not fit
 * @example
 * const rows = ops.broadcastTo(tensor([1, 2, 3]), [4, 3]);
 */
export function broadcastTo(x: Tensor, shape: readonly number[]): Tensor {
  checkTensor('broadcastTo', 'x', x);
  return only(broadcastToOp({ x }, { shape, inputShape: x.shape }));
}

/** The adjoint of {@link broadcastTo}: what has been repeated is summed. dy itself where nothing was. */
export function sumTo(dy: Tensor, shape: readonly number[]): Tensor {
  if (dy.shape.join() === shape.join()) return dy;
  const lead = dy.rank - shape.length;
  const axis = dy.shape.flatMap((size, at) => (at < lead || (shape[at - lead] === 1 && size !== 1) ? [at] : []));
  return reshape(sum(dy, { axis }), shape);
}
