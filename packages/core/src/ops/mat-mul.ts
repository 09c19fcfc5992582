import { add, matMul as stockMatMul, relu, reshape, sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, once, only, type Op } from '../define-op.ts';
import { ShapeError } from '../errors.ts';
import { activationGradient } from './activation.ts';
import type { FusedActivation } from './mask.ts';

export type MatMulAttributes = { transposeA: boolean; transposeB: boolean; activation: FusedActivation };

type MatMulInputs = { a: Tensor; b: Tensor; bias?: Tensor | undefined };

export const matMulOp: Op<MatMulInputs, MatMulAttributes> = defineOp({
  name: 'striate.MatMul',
  optional: ['bias'],
  shapes({ a, b, bias }, { transposeA, transposeB }) {
    const [rows, inner] = sides(a, transposeA);
    const [otherInner, columns] = sides(b, transposeB);
    if (a.rank !== 2 || b.rank !== 2 || inner !== otherInner || (bias && bias.shape[0] !== columns)) {
      const shapes = [a, b, ...(bias ? [bias] : [])].map(({ shape }) => `[${shape.join(', ')}]`).join(' and ');
      throw new ShapeError(`matMul: ${shapes} do not fit (transposeA ${transposeA}, transposeB ${transposeB}).`);
    }
    return [[rows!, columns!]];
  },
  reference({ a, b, bias }, { transposeA, transposeB, activation }) {
    const product: Tensor = stockMatMul(a, b, transposeA, transposeB);
    const z = bias ? add(product, bias) : product;
    return activation === 'relu' ? relu(z) : z;
  },
  gradient: {
    saves: ['a', 'b'],
    savesOutputs: true,
    of({ dys: [dy], inputs: { a, b }, outputs: [y], attributes: { transposeA, transposeB, activation } }) {
      const masked = once(() => (activation === 'relu' ? activationGradient({ dy: dy!, y: y! }, 'relu') : dy!));
      return {
        a: () => (transposeA ? product(b, masked(), transposeB, true) : product(masked(), b, false, !transposeB)),
        b: () => (transposeB ? product(masked(), a, true, transposeA) : product(a, masked(), !transposeA, false)),
        bias: () => biasGradient(masked()),
      };
    },
  },
});

/**
 * Matrix product with bias and activation: y = act(op(a) op(b) + bias), op being the transpose where asked for.
 *
 * Shapes: op(a) [M, K], op(b) [K, N], bias [N], y [M, N].
 *
 * @throws {ShapeError} if the sizes do not fit.
 * @example
 * const logits = ops.matMul({ a: features, b: kernel, bias });
 */
export function matMul(inputs: MatMulInputs, attributes: Partial<MatMulAttributes> = {}): Tensor {
  return only(matMulOp(inputs, { transposeA: false, transposeB: false, activation: 'linear', ...attributes }));
}

const product = (a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor =>
  matMul({ a, b }, { transposeA, transposeB });

const sides = ({ shape }: Tensor, transposed: boolean): (number | undefined)[] =>
  transposed ? [shape[1], shape[0]] : [shape[0], shape[1]];

export const biasGradientOp: Op<{ dy: Tensor }, object> = defineOp({
  name: 'striate.BiasGradient',
  shapes: ({ dy }) => [[dy.shape.at(-1)!]],
  reference: ({ dy }) => sum(reshape(dy, [-1, dy.shape.at(-1)!]), 0),
});

/** Gradient of a bias that was added along the last axis: the sum over all other axes. */
export function biasGradient(dy: Tensor): Tensor {
  return only(biasGradientOp({ dy }, {}));
}
