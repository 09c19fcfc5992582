import { add, clipByValue, div, mul, sqrt, square, sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, only, type Op } from '../define-op.ts';

export type LimitNormAttributes = {
  /** Norms are taken over these axes together. */
  axes: readonly number[];
  minimum: number;
  maximum: number;
  /** How far norms move towards the range: 1 all the way, 0 not at all. */
  rate: number;
};

/** Keras' epsilon: keeps a vector of zeros what it is. */
const epsilon = 1e-7;

export const limitNormOp: Op<{ x: Tensor }, LimitNormAttributes> = defineOp({
  name: 'striate.LimitNorm',
  shapes: ({ x }) => [x.shape],
  reference({ x }, { axes, minimum, maximum, rate }) {
    const norms = sqrt(sum(square(x), [...axes], true));
    const clipped = clipByValue(norms, minimum, maximum);
    const wanted = rate === 1 ? clipped : add(mul(clipped, rate), mul(norms, 1 - rate));
    return mul(x, div(wanted, add(norms, epsilon)));
  },
});

/**
 * Brings Euclidean norms into a range: y = x wanted / (norm + 1e-7) with wanted = rate clip(norm, minimum, maximum) +
 * (1 - rate) norm. It has no gradient: constraints act on parameters between steps.
 *
 * @example
 * const limited = ops.limitNorm(kernel, { axes: [0, 1, 2], minimum: 0, maximum: 3, rate: 1 });
 */
export function limitNorm(x: Tensor, attributes: LimitNormAttributes): Tensor {
  return only(limitNormOp({ x }, attributes));
}
