import type { Gpu } from '../../kernel.ts';
import { linearWorkgroups } from '../../linear.ts';
import { directProduct } from './direct-product.ts';
import { wholeInner, type MatrixProduct } from './matrix-product.ts';
import { productCode } from './product-code.ts';
import { isSmall } from './product-sizes.ts';
import { bound } from './store.ts';
import { sumParts } from './sum-parts.ts';
import { tilesOf, workgroupsOf } from './tiles.ts';

/** Multiplies, large products tile by tile: see {@link isSmall}. */
export function product(gpu: Gpu, given: MatrixProduct): void {
  const { rows, columns, batches } = given.sizes;
  if (rows * columns * batches === 0) return;
  (isSmall(given.sizes) ? directProduct : tiledProduct)(gpu, given);
}

/** Long sums of few elements are cut into parts, which a second run adds. */
function tiledProduct(
  gpu: Gpu,
  { name, constants, sizes, inputs, a, b, store, innerOf = wholeInner, columnSums = false }: MatrixProduct,
): void {
  const { rows, columns, inner, batches } = sizes;
  const tiles = tilesOf(sizes);
  const { splits, chunk } = tiles;
  const { width } = store;
  const workgroups = workgroupsOf(sizes, tiles);
  const parts = splits > 1 ? gpu.scratch([splits, batches, rows + Number(columnSums), columns]) : undefined;
  const extraRow = columnSums ? ' + 1' : '';
  gpu.dispatch({
    name: parts ? `${name}.parts` : name,
    constants: {
      ...constants,
      COLUMN_THREADS: tiles.columnThreads,
      ROW_THREADS: tiles.rowThreads,
      ROWS_PER_THREAD: tiles.rowsPerThread,
    },
    inputs: { ...inputs, ...(!parts && store.inputs) },
    outputs: parts ? { parts: bound(parts, width) } : store.outputs,
    uniforms: {
      rows: { type: 'u32', value: rows },
      columns: { type: 'u32', value: columns },
      inner: { type: 'u32', value: inner },
      batches: { type: 'u32', value: batches },
      chunk: { type: 'u32', value: chunk },
      tiles: { type: 'u32', value: workgroups },
    },
    code: () =>
      productCode({
        a,
        b,
        tiles,
        innerOf,
        columnSums,
        width,
        put: parts
          ? `fn put(split: u32, z: u32, row: u32, column: u32, value: Value) {
              let place = (split * uniforms.batches + z) * (uniforms.rows${extraRow}) + row;
              parts[(place * uniforms.columns + column) / ${width}] = value;
            }`
          : `${store.code}
            fn put(split: u32, z: u32, row: u32, column: u32, value: Value) { store(z, row, column, value); }`,
      }),
    workgroups: linearWorkgroups(workgroups, 1),
  });
  if (parts) sumParts(gpu, { name, constants, parts, store });
}
