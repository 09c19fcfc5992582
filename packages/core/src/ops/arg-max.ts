import { any, argMax as stockArgMax, cast, isNaN, tidy, where } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { checkOptions } from '../check-options.ts';
import { checkTensor } from '../check-tensors.ts';
import { defineOp, only, type Op } from '../define-op.ts';
import { ShapeError } from '../errors.ts';
import { axisOf } from './axes.ts';
import { reshape } from './reshape.ts';

type ArgMaxAttributes = { axis: number };

export const argMaxOp: Op<{ x: Tensor }, ArgMaxAttributes> = defineOp({
  name: 'striate.ArgMax',
  shapes({ x }, { axis }) {
    if (x.shape[axis]! > 0) return [x.shape.toSpliced(axis, 1)];
    throw new ShapeError(`argMax: [${x.shape.join(', ')}] has nothing along axis ${axis}.`);
  },
  reference({ x }, { axis }) {
    const unordered = isNaN(x);
    const firstNaN: Tensor = stockArgMax(cast(unordered, 'float32'), axis);
    return cast(where(any(unordered, axis), firstNaN, stockArgMax(x, axis)), 'int32');
  },
  noGradient: 'its result is a place, not a number. A loss takes the numbers themselves.',
});

/**
 * The place of the largest number along an axis, int32: the first of equal ones, and the first NaN where there is one.
 * It has no gradient.
 *
 * @param options `axis`: counted from 0, or from the end if negative; left out, x is seen as one row
 * @throws {OptionError} for an axis that x has not
 * @throws {ShapeError} if there is nothing along it
 * @example
 * const classes = ops.argMax(logits, { axis: -1 });
 */
export function argMax(x: Tensor, options: { axis?: number } = {}): Tensor {
  checkTensor('argMax', 'x', x);
  checkOptions('argMax', options, { axis: true }, 'ops.argMax(x, { axis: -1 })');
  if (options.axis === undefined) return tidy(() => only(argMaxOp({ x: reshape(x, [x.size]) }, { axis: 0 })));
  return only(argMaxOp({ x }, { axis: axisOf('argMax', options.axis, x.rank) }));
}
