import { mul } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, only, type Op } from '../define-op.ts';
import { ShapeError } from '../errors.ts';

type Inputs = { x: Tensor; factors: Tensor };

export const scaleByOp: Op<Inputs, object> = defineOp({
  name: 'striate.ScaleBy',
  shapes({ x, factors }) {
    const fits = factors.rank === x.rank && factors.shape.every((size, axis) => size === 1 || size === x.shape[axis]);
    if (fits) return [x.shape];
    throw new ShapeError(
      `scaleBy: x is [${x.shape.join(', ')}] and factors [${factors.shape.join(', ')}], but factors must have as many axes, each of x's size or 1.`,
    );
  },
  reference: ({ x, factors }) => mul(x, factors),
  gradient: {
    saves: ['factors'],
    of: ({ dys: [dy], inputs: { factors } }) => ({ x: () => scaleBy(dy!, factors) }),
  },
});

/**
 * y = x factors, where the factors are constants, such as a random mask: no gradient goes into them.
 *
 * @param factors as many axes as x has, of x's size or 1 each: [N, 1, 1, C] has one factor for each channel of each sample
 * @throws {ShapeError} if the factors do not fit
 * @example
 * const masked = ops.scaleBy(x, mask);
 */
export function scaleBy(x: Tensor, factors: Tensor): Tensor {
  return only(scaleByOp({ x, factors }, {}));
}
