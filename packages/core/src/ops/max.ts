import * as stock from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, only, type Op } from '../define-op.ts';
import { ShapeError } from '../errors.ts';
import { sizeOf } from '../shape.ts';
import { axesOf, reducedShape, type ReduceAttributes, type ReduceOptions } from './axes.ts';

type Reduction = (x: Tensor, axes: number[], keepDims: boolean) => Tensor;

/** The largest or smallest over axes; some libraries pass over NaN. */
const extremeOp = (name: 'max' | 'min', reduction: Reduction): Op<{ x: Tensor }, ReduceAttributes> =>
  defineOp({
    name: name === 'max' ? 'striate.Max' : 'striate.Min',
    shapes(_, { axes, keepDims, inputShape }) {
      if (sizeOf(axes.map((axis) => inputShape[axis]!)) > 0) return [reducedShape(inputShape, axes, keepDims)];
      throw new ShapeError(`${name}: [${inputShape.join(', ')}] has nothing along axis ${axes.join(', ')}.`);
    },
    reference: ({ x }, { axes, keepDims }) => {
      const isUnordered = stock.any(stock.isNaN(x), [...axes], keepDims);
      return stock.where(isUnordered, NaN, reduction(x, [...axes], keepDims));
    },
    gradient: {
      saves: ['x'],
      savesOutputs: true,
      of: ({ dys: [dy], inputs: { x }, outputs: [y], attributes: { axes, inputShape } }) => ({
        x() {
          const shape = reducedShape(inputShape, axes, true);
          const isLargest = stock.equal(x, stock.reshape(y!, shape));
          const count = stock.sum(stock.cast(isLargest, 'float32'), [...axes], true);
          return stock.where(isLargest, stock.div(stock.reshape(dy!, shape), count), 0);
        },
      }),
    },
  });

export const maxOp: Op<{ x: Tensor }, ReduceAttributes> = extremeOp('max', stock.max);
export const minOp: Op<{ x: Tensor }, ReduceAttributes> = extremeOp('min', stock.min);

/**
 * The largest number over axes, of all elements by default; NaN where there is one. Its gradient goes in equal shares to
 * those that are the largest.
 *
 * @param options see `ops.sum`
 * @throws {OptionError} for an axis that x has not
 * @throws {ShapeError} if there is nothing along the axes
 * @example
 * const best = ops.max(logits, { axis: -1, keepDims: true });
 */
export function max(x: Tensor, options: ReduceOptions = {}): Tensor {
  const { axes, keepDims } = axesOf('max', x, options);
  return only(maxOp({ x }, { axes, keepDims, inputShape: x.shape }));
}

/** The smallest number over axes; see {@link max}. @throws {OptionError} for an axis that x has not */
export function min(x: Tensor, options: ReduceOptions = {}): Tensor {
  const { axes, keepDims } = axesOf('min', x, options);
  return only(minOp({ x }, { axes, keepDims, inputShape: x.shape }));
}
