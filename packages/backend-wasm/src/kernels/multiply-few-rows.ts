import type { KernelBackend } from '../kernel.ts';
import { align } from './convolve.ts';
import type { Product } from './product.ts';

/** Whether b is too large, against the rows of a, to be worth packing. */
export function hasFewRows({ batch, rows, depth, columns, transposeA, transposeB }: Product): boolean {
  const single = batch.a === 1 && batch.b === 1;
  return single && rows <= 4 && !transposeB && (!transposeA || rows === 1) && depth * columns >= 32_768;
}

/** A product of one to four rows: bound by reading b, which is read once, in order. */
export function multiplyFewRows(backend: KernelBackend, product: Product): void {
  const { a, b, bias = 0, target, rows, depth, columns, relu } = product;
  const depthOfItem = Math.ceil(Math.max(64, depth / 16) / 4) * 4;
  const items = Math.ceil(depth / depthOfItem);
  const sums = backend.temporary(items * rows * align(columns * 4));
  backend.run('multiplyFewRows', [a, b, sums, rows, depth, columns, depthOfItem], { items });
  backend.run('addFewRows', [sums, bias, target, items, rows, columns, Number(relu)], { items: rows });
}
