import type { KernelBackend } from '../kernel.ts';
import { convolve } from './convolve.ts';
import { hasFewRows, multiplyFewRows } from './multiply-few-rows.ts';
import { packPanels, panelBytes, panelsOf } from './pack-panels.ts';
import type { Product } from './product.ts';

/** Matrix products: b is packed into panels, and op(a) is convolved with them as an image of one column. */
export function multiply(backend: KernelBackend, product: Product): void {
  if (hasFewRows(product)) {
    multiplyFewRows(backend, product);
    return;
  }
  const { a, b, bias, target, batch, rows, depth, columns, transposeA, transposeB, relu } = product;
  const taps = [1, 1] as const;
  const panels = packPanels(backend, {
    address: b,
    bias,
    groups: batch.b,
    taps,
    channels: depth,
    filters: columns,
    steps: {
      group: depth * columns,
      row: 0,
      column: 0,
      channel: transposeB ? 1 : columns,
      filter: transposeB ? depth : 1,
      bias: 0,
    },
  });
  convolve(backend, {
    source: transposeA ? transposed(backend, a, batch.a, depth, rows) : a,
    panels,
    target,
    images: Math.max(batch.a, batch.b),
    size: [rows, 1],
    before: [0, 0],
    output: [rows, 1],
    steps: [1, 1],
    taps,
    tapSteps: [1, 1],
    groups: 1,
    channels: depth,
    filters: columns,
    depthwise: false,
    sourceImageStep: batch.a === 1 ? 0 : rows * depth,
    panelsImageStep: batch.b === 1 ? 0 : panelsOf(columns) * panelBytes(taps, depth),
    relu,
  });
}

function transposed(backend: KernelBackend, source: number, matrices: number, rows: number, columns: number): number {
  const target = backend.temporary(matrices * rows * columns * 4);
  const columnsOfBand = Math.max(4, Math.ceil(51_200 / rows / 4) * 4);
  backend.run('transposeMatrices', [source, target, rows, columns, columnsOfBand], {
    items: matrices * Math.ceil(columns / columnsOfBand),
  });
  return target;
}
