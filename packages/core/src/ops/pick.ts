import { any, equal, expandDims, range, reshape, sum, where } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { checkOptions } from '../check-options.ts';
import { checkTensor } from '../check-tensors.ts';
import { defineOp, only, type Op } from '../define-op.ts';
import { OptionError, ShapeError } from '../errors.ts';
import { axisOf } from './axes.ts';

type PickAttributes = { axis: number; inputShape: readonly number[] };

/** Whether a place along the axis is the one to pick, in the shape of x. */
export function isPicked(indices: Tensor, { axis, inputShape }: PickAttributes): Tensor {
  const places = range(0, inputShape[axis]!, 1, 'int32');
  const shape = inputShape.map((size, at) => (at === axis ? size : 1));
  return equal(expandDims(indices, axis), reshape(places, shape));
}

export const pickOp: Op<{ x: Tensor; indices: Tensor }, PickAttributes> = defineOp({
  name: 'striate.Pick',
  asGiven: ['indices'],
  shapes({ x, indices }, { axis }) {
    const wanted = x.shape.toSpliced(axis, 1);
    if (indices.shape.join() === wanted.join()) return [wanted];
    throw new ShapeError(
      `pick: indices are [${indices.shape.join(', ')}], but [${x.shape.join(', ')}] wants one for each place beside axis ${axis}: [${wanted.join(', ')}].`,
    );
  },
  reference({ x, indices }, attributes) {
    const picked = isPicked(indices, attributes);
    return where(any(picked, attributes.axis), sum(where(picked, x, 0), attributes.axis), NaN);
  },
  gradient: {
    saves: ['indices'],
    of: ({ dys: [dy], inputs: { indices }, attributes }) => ({
      x: () => where(isPicked(indices, attributes), expandDims(dy!, attributes.axis), 0),
    }),
  },
});

/**
 * One number along an axis for each place, by its index: y[n] = x[n, indices[n]] for x [N, K], indices [N] and the last axis.
 * NaN for an index that there is not. No gradient goes into the indices.
 *
 * @param indices int32, such as class numbers, in the shape of x without the axis
 * @param options `axis`: counted from 0, or from the end if negative. Default -1
 * @throws {OptionError} if the indices are not of int32, and for an axis that x has not
 * @throws {ShapeError} if their shape does not fit
 * @example
 * const losses = ops.negative(ops.pick(ops.logSoftmax(logits), labels));
 */
export function pick(x: Tensor, indices: Tensor, options: { axis?: number } = {}): Tensor {
  checkTensor('pick', 'x', x);
  checkTensor('pick', 'indices', indices);
  checkOptions('pick', options, { axis: true }, 'ops.pick(x, indices, { axis: -1 })');
  checkIndices('pick', indices);
  const { axis = -1 } = options;
  return only(pickOp({ x, indices }, { axis: axisOf('pick', axis, x.rank), inputShape: x.shape }));
}

/** @throws {OptionError} unless they are of int32 */
export function checkIndices(where: string, indices: Tensor): void {
  if (indices.dtype === 'int32') return;
  throw new OptionError(
    `${where}: indices are of ${indices.dtype}, but must be whole numbers of int32. Write ops.cast(indices, 'int32').`,
  );
}
