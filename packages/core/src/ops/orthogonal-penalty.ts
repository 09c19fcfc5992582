import {
  abs,
  div,
  matMul,
  maximum,
  mul,
  reshape,
  sign,
  sqrt,
  square,
  sub,
  sum,
  eye,
  transpose,
} from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { defineOp, only, type Op } from '../define-op.ts';
import { ShapeError } from '../errors.ts';
import { sizeOf } from '../shape.ts';

export type OrthogonalPenaltyAttributes = {
  /** Which vectors are to be orthogonal: those of the last axis' places ('columns': one a filter or unit), or the others. */
  mode: 'rows' | 'columns';
  factor: number;
};

type Vectors = { unit: Tensor2D; norms: Tensor; pairs: number };

export const orthogonalPenaltyOp: Op<{ x: Tensor }, OrthogonalPenaltyAttributes> = defineOp({
  name: 'striate.OrthogonalPenalty',
  shapes({ x }, { mode }) {
    const [rows, columns] = matrixShape(x.shape);
    if (x.rank < 2 || (mode === 'rows' ? rows : columns) < 2) {
      throw new ShapeError(
        `orthogonalPenalty: x is [${x.shape.join(', ')}], which has no two ${mode} that could be orthogonal.`,
      );
    }
    return [[]];
  },
  reference({ x }, { mode, factor }) {
    const { unit, pairs } = vectorsOf(x, mode);
    return mul(sum(abs(offDiagonal(unit))), (0.5 * factor) / pairs);
  },
  gradient: {
    saves: ['x'],
    of: ({ dys: [dy], inputs: { x }, attributes }) => ({
      x: () => only(orthogonalPenaltyGradientOp({ dy: dy!, x }, attributes)),
    }),
  },
});

/**
 * The mean over all pairs of vectors i < j of |cos angle(i, j)|, times `factor`: 0 if all are orthogonal. An x of more
 * than two axes is taken as a matrix with the last axis as columns: a convolution's filters.
 *
 * @throws {ShapeError} if there are not two vectors
 * @example
 * const penalty = ops.orthogonalPenalty(kernel, { mode: 'columns', factor: 0.01 });
 */
export function orthogonalPenalty(x: Tensor, attributes: OrthogonalPenaltyAttributes): Tensor {
  return only(orthogonalPenaltyOp({ x }, attributes));
}

export const orthogonalPenaltyGradientOp: Op<{ dy: Tensor; x: Tensor }, OrthogonalPenaltyAttributes> = defineOp({
  name: 'striate.OrthogonalPenaltyGradient',
  shapes: ({ x }) => [x.shape],
  reference({ dy, x }, { mode, factor }) {
    const { unit, norms, pairs } = vectorsOf(x, mode);
    const towards = mul(matMul(sign(offDiagonal(unit)), unit), mul(dy, factor / pairs));
    // Only what is across a vector changes its direction.
    const across = div(sub(towards, mul(unit, sum(mul(unit, towards), 1, true))), norms);
    return reshape(mode === 'rows' ? across : transpose(across), x.shape);
  },
});

/** The vectors as rows of length 1. */
function vectorsOf(x: Tensor, mode: 'rows' | 'columns'): Vectors {
  const matrix = reshape(x, matrixShape(x.shape));
  const vectors = mode === 'rows' ? matrix : transpose(matrix);
  const norms = maximum(sqrt(sum(square(vectors), 1, true)), 1e-6);
  const count = vectors.shape[0];
  return { unit: div<Tensor2D>(vectors, norms), norms, pairs: (count * (count - 1)) / 2 };
}

function offDiagonal(unit: Tensor2D): Tensor2D {
  return mul(matMul(unit, unit, false, true), sub(1, eye(unit.shape[0])));
}

function matrixShape(shape: readonly number[]): [number, number] {
  return [sizeOf(shape.slice(0, -1)), shape.at(-1) ?? 1];
}
