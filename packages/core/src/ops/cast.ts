import { cast as stockCast, isNaN as stockIsNaN, notEqual, where, zerosLike } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { checkTensor } from '../check-tensors.ts';
import { checkChoice } from '../check-values.ts';
import { defineOp, only, toFloat, type Op } from '../define-op.ts';

type CastAttributes = { dtype: 'int32' | 'bool' };

export const castOp: Op<{ x: Tensor }, CastAttributes> = defineOp({
  name: 'striate.Cast',
  asGiven: ['x'],
  shapes: ({ x }) => [x.shape],
  reference: ({ x }, { dtype }) => {
    if (dtype === 'bool') return isTrue(x);
    const numbers = x.dtype === 'float32' ? where(stockIsNaN(x), zerosLike(x), x) : x;
    return stockCast(numbers, 'int32');
  },
  noGradient: 'whole numbers and truth values have none.',
});

/** Truth values of numbers: all but 0 are true. */
export const isTrue = (x: Tensor): Tensor => (x.dtype === 'bool' ? x : notEqual(x, 0));

/**
 * The same elements as another type. To 'int32' numbers are rounded towards 0, which NaN becomes; what int32 cannot hold
 * depends on the backend. To 'bool' all but 0 are true. To 'float32' it is `ops.toFloat`, which alone has a gradient.
 *
 * @throws {OptionError} for another type
 * @example
 * const labels = ops.cast(tensor([0, 2, 1]), 'int32');
 */
export function cast(x: Tensor, dtype: 'float32' | 'int32' | 'bool'): Tensor {
  checkTensor('cast', 'x', x);
  checkChoice('cast', 'dtype', dtype, ['float32', 'int32', 'bool']);
  return dtype === 'float32' ? toFloat(x) : only(castOp({ x }, { dtype }));
}
