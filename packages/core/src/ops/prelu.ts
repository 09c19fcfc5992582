import { add, mul, neg, relu, reshape, step, sub, sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, once, only, type Op } from '../define-op.ts';
import { ShapeError } from '../errors.ts';

type PreluInputs = { x: Tensor; alpha: Tensor };

export const preluOp: Op<PreluInputs, object> = defineOp({
  name: 'striate.Prelu',
  shapes({ x, alpha }) {
    const fits =
      alpha.rank === x.rank - 1 && alpha.shape.every((size, axis) => size === 1 || size === x.shape[axis + 1]);
    if (fits) return [x.shape];
    throw new ShapeError(
      `prelu: x is [${x.shape.join(', ')}] and alpha [${alpha.shape.join(', ')}], but alpha must have one axis less, each of x's size or 1.`,
    );
  },
  reference: ({ x, alpha }) => sub(relu(x), mul(relu(neg(x)), alpha)),
  gradient: {
    saves: ['x', 'alpha'],
    of({ dys: [dy], inputs: { x, alpha } }) {
      const gradients = once(() => preluGradientOp({ dy: dy!, x, alpha }, {}));
      return { x: () => gradients()[0]!, alpha: () => gradients()[1]! };
    },
  },
});

export const preluGradientOp: Op<{ dy: Tensor } & PreluInputs, object> = defineOp({
  name: 'striate.PreluGradient',
  shapes: ({ x, alpha }) => [x.shape, alpha.shape],
  reference({ dy, x, alpha }) {
    const positive = step(x);
    const slope = add(positive, mul(sub(1, positive), alpha));
    const shared = [0, ...alpha.shape.flatMap((size, axis) => (size === 1 ? [axis + 1] : []))];
    return [mul(dy, slope), reshape(sum(mul(dy, neg(relu(neg(x)))), shared), alpha.shape)];
  },
});

/**
 * Rectifier with a trained slope: x where x > 0, else alpha x.
 *
 * Shapes: x [N, ...], alpha like x without N, but 1 along axes that share a slope.
 *
 * Source: He et al. 2015, "Delving deep into rectifiers".
 *
 * @throws {ShapeError} if the shapes do not fit
 * @example
 * const y = ops.prelu({ x, alpha: fill([1, 1, x.shape[3]!], 0.25) });
 */
export function prelu(inputs: PreluInputs): Tensor {
  return only(preluOp(inputs, {}));
}
