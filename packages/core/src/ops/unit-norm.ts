import { div, maximum, mul, sqrt, square, sub, sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, only, type Op } from '../define-op.ts';

/** Shorter vectors are divided by this. */
const SHORTEST = 1e-6;

export const unitNormOp: Op<{ x: Tensor }, object> = defineOp({
  name: 'striate.UnitNorm',
  shapes: ({ x }) => [x.shape],
  reference: ({ x }) => div(x, lengths(x)),
  gradient: {
    saves: ['x'],
    of: ({ dys: [dy], inputs: { x } }) => ({ x: () => only(unitNormGradientOp({ dy: dy!, x }, {})) }),
  },
});

/**
 * Vectors of length 1 along the last axis: y = x / |x|; shorter ones than 1e-6 are divided by that.
 *
 * @example
 * const directions = ops.unitNorm(x);
 */
export function unitNorm(x: Tensor): Tensor {
  return only(unitNormOp({ x }, {}));
}

export const unitNormGradientOp: Op<{ dy: Tensor; x: Tensor }, object> = defineOp({
  name: 'striate.UnitNormGradient',
  shapes: ({ x }) => [x.shape],
  reference({ dy, x }) {
    const norms = lengths(x);
    const unit = div(x, norms);
    // Only what is across a vector changes its direction.
    return div(sub(dy, mul(unit, sum(mul(unit, dy), -1, true))), norms);
  },
});

const lengths = (x: Tensor): Tensor => maximum(sqrt(sum(square(x), -1, true)), SHORTEST);
