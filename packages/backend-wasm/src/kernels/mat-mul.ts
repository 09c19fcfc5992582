import { ops } from '@striate/core/backend';
import { defineKernel, type Kernel } from '../kernel.ts';
import { multiply } from './multiply.ts';

/** y = act(op(a) op(b) + bias) */
export const matMul: Kernel = defineKernel(ops.matMul, {
  run({ inputs: { a, b, bias }, attributes: { transposeA, transposeB, activation }, backend }) {
    const [rows, depth] = sides(a.shape, transposeA);
    const columns = sides(b.shape, transposeB)[1];
    const y = backend.output([rows, columns]);
    multiply(backend, {
      a: backend.address(a),
      b: backend.address(b),
      bias: bias && backend.address(bias),
      target: backend.address(y),
      batch: { a: 1, b: 1 },
      rows,
      depth,
      columns,
      transposeA,
      transposeB,
      relu: activation === 'relu',
    });
    return y;
  },
});

/** Rows and columns of the last two axes, after the transpose. */
export function sides(shape: readonly number[], transposed: boolean): [rows: number, columns: number] {
  const [rows, columns] = [shape.at(-2)!, shape.at(-1)!];
  return transposed ? [columns, rows] : [rows, columns];
}
