import { add, mul, pad, pow, slice, square, sub } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, only, type Op } from '../define-op.ts';
import { OptionError } from '../errors.ts';

export type LocalResponseNormAttributes = {
  /** How many neighbouring channels count: floor(size / 2) before, the channel itself, and the rest after. */
  size: number;
  /** Factor of the sum of squares. */
  alpha: number;
  /** Exponent. */
  beta: number;
  /** Added to the sum. */
  k: number;
};

export const localResponseNormOp: Op<{ x: Tensor }, LocalResponseNormAttributes> = defineOp({
  name: 'striate.LocalResponseNorm',
  shapes({ x }, { size }) {
    if (!Number.isInteger(size) || size < 1) {
      throw new OptionError(`localResponseNorm: size is ${size}, but must be a whole number of at least 1.`);
    }
    return [x.shape];
  },
  reference: ({ x }, attributes) => mul(x, pow(denominator(x, attributes), -attributes.beta)),
  gradient: {
    saves: ['x'],
    of: ({ dys: [dy], inputs: { x }, attributes }) => ({
      x: () => only(localResponseNormGradientOp({ dy: dy!, x }, attributes)),
    }),
  },
});

/**
 * Local response normalisation over the last axis:
 *
 *   y[c] = x[c] / (k + alpha * sum of x[j]^2 over `size` channels j around c)^beta
 *
 * The sum is not divided by its size: PyTorch's and Caffe's alpha is `size` times this one, TensorFlow's is the same.
 * Shapes: x, y [..., C].
 *
 * Source: Krizhevsky, Sutskever, Hinton 2012, section 3.3 (size 5, alpha 1e-4, beta 0.75, k 2)
 *
 * @throws {OptionError} unless the size is a positive whole number
 * @example
 * const y = ops.localResponseNorm(x, { size: 5, alpha: 1e-4, beta: 0.75, k: 2 });
 */
export function localResponseNorm(x: Tensor, attributes: LocalResponseNormAttributes): Tensor {
  return only(localResponseNormOp({ x }, attributes));
}

export const localResponseNormGradientOp: Op<{ dy: Tensor; x: Tensor }, LocalResponseNormAttributes> = defineOp({
  name: 'striate.LocalResponseNormGradient',
  shapes: ({ x }) => [x.shape],
  reference({ dy, x }, attributes) {
    const { size, alpha, beta } = attributes;
    const base = denominator(x, attributes);
    // Channel c counts in those whose neighbours it is among: the window turned around.
    const others = overNeighbours(mul(mul(dy, x), pow(base, -beta - 1)), size - 1 - Math.floor(size / 2), size);
    return sub(mul(dy, pow(base, -beta)), mul(mul(x, others), 2 * alpha * beta));
  },
});

function denominator(x: Tensor, { size, alpha, k }: LocalResponseNormAttributes): Tensor {
  return add(mul(overNeighbours(square(x), Math.floor(size / 2), size), alpha), k);
}

/** The sum over `size` places of the last axis, of which `before` lie before each. */
function overNeighbours(x: Tensor, before: number, size: number): Tensor {
  const along = (amounts: [number, number]): [number, number][] =>
    x.shape.map((_, axis) => (axis === x.rank - 1 ? amounts : [0, 0]));
  const padded = pad(x, along([before, size - 1 - before]));
  const shifted = Array.from({ length: size }, (_, offset) =>
    slice(padded, [...x.shape.slice(0, -1).map(() => 0), offset], x.shape),
  );
  return shifted.reduce((sum, other) => add(sum, other));
}
