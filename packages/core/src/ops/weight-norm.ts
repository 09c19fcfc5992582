import { div, maximum, mul, reshape, sqrt, square, sub, sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, once, only, type Op } from '../define-op.ts';
import { ShapeError } from '../errors.ts';

type Inputs = { v: Tensor; g: Tensor };

/** Shorter vectors are taken to be this long. */
const SHORTEST = 1e-12;

export const weightNormOp: Op<Inputs, object> = defineOp({
  name: 'striate.WeightNorm',
  shapes({ v, g }) {
    if (g.rank === 1 && g.shape[0] === v.shape.at(-1)) return [v.shape];
    throw new ShapeError(
      `weightNorm: g is [${g.shape.join(', ')}], but v [${v.shape.join(', ')}] has ${v.shape.at(-1)} filters or units.`,
    );
  },
  reference({ v, g }) {
    const rows = columnsOf(v);
    return reshape(mul(rows, div(g, lengths(rows))), v.shape);
  },
  gradient: {
    saves: ['v', 'g'],
    of({ dys: [dw], inputs }) {
      const all = once(() => weightNormGradientOp({ dw: dw!, ...inputs }, {}));
      return { v: () => all()[0]!, g: () => all()[1]! };
    },
  },
});

/**
 * Weights of which length and direction are parameters of their own: w = g v / |v|, for each filter or unit, which is a
 * place of the last axis. Shapes: v, w [..., F]; g [F].
 *
 * Source: Salimans and Kingma 2016, https://arxiv.org/abs/1602.07868
 *
 * @throws {ShapeError} if g has not one number for each filter
 * @example
 * const kernel = ops.weightNorm({ v: fill([3, 3, 16, 32], 0.1), g: fill([32], 1) });
 */
export function weightNorm(inputs: Inputs): Tensor {
  return only(weightNormOp(inputs, {}));
}

export const weightNormGradientOp: Op<Inputs & { dw: Tensor }, object> = defineOp({
  name: 'striate.WeightNormGradient',
  shapes: ({ v, g }) => [v.shape, g.shape],
  reference({ dw, v, g }) {
    const [rows, dRows] = [columnsOf(v), columnsOf(dw)];
    const norms = lengths(rows);
    const unit = div(rows, norms);
    const dg = sum(mul(dRows, unit), 0);
    return [reshape(mul(sub(dRows, mul(unit, dg)), div(g, norms)), v.shape), dg];
  },
});

const columnsOf = (x: Tensor): Tensor => reshape(x, [-1, x.shape.at(-1)!]);
const lengths = (columns: Tensor): Tensor => maximum(sqrt(sum(square(columns), 0)), SHORTEST);
