import { div, fill, mean as stockMean, mul, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, only, type Op } from '../define-op.ts';
import { sizeOf } from '../shape.ts';
import { axesOf, type ReduceOptions } from './axes.ts';
import { divide } from './divide.ts';
import { sum } from './sum.ts';

export const meanOp: Op<{ x: Tensor }, { inputShape: readonly number[] }> = defineOp({
  name: 'striate.Mean',
  shapes: () => [[]],
  reference: ({ x }) => stockMean(x),
  gradient: {
    saves: [],
    of: ({ dys: [dy], attributes }) => ({ x: () => only(meanGradientOp({ dy: dy! }, attributes)) }),
  },
});

/**
 * Mean over axes, of all elements by default.
 *
 * @param options see `ops.sum`
 * @throws {OptionError} for an axis that x has not
 * @example
 * const loss = ops.mean(losses);
 * const rows = ops.mean(x, { axis: -1 });
 */
export function mean(x: Tensor, options: ReduceOptions = {}): Tensor {
  const { axes, keepDims } = axesOf('mean', x, options);
  if (options.axis === undefined && !keepDims) return only(meanOp({ x }, { inputShape: x.shape }));
  return tidy(() => divide(sum(x, options), sizeOf(axes.map((axis) => x.shape[axis]!))));
}

export const meanGradientOp: Op<{ dy: Tensor }, { inputShape: readonly number[] }> = defineOp({
  name: 'striate.MeanGradient',
  shapes: (_, { inputShape }) => [[...inputShape]],
  reference: ({ dy }, { inputShape }) => mul(fill([...inputShape], 1), div(dy, sizeOf(inputShape))),
});
