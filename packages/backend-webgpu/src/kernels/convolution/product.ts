import type { Binding, Dispatch, Gpu } from '../../kernel.ts';
import { linearWorkgroups } from '../../linear.ts';
import { directProduct, isSmall, wholeInner } from './direct-product.ts';
import type { Operand } from './operand.ts';
import { productCode } from './product-code.ts';
import { bound, type Store } from './store.ts';
import { sumParts } from './sum-parts.ts';
import { tilesOf, workgroupsOf, type ProductSizes } from './tiles.ts';

/** Products a b of matrices that are read and stored where they lie, whatever their layout. */
export interface Product {
  /** Names the programs; `constants` must tell apart all code under one name. */
  name: string;
  /** Whole numbers and flags; code may use numbers as u32 alone, since small products get them as uniforms. */
  constants: NonNullable<Dispatch['constants']>;
  sizes: ProductSizes;
  /** Arrays of both operands; those of small products by elements. */
  inputs: Record<string, Binding>;
  a: Operand;
  b: Operand;
  store: Store;
  /** WGSL of `fn innerOf(z: u32) -> u32`: the terms of product z, if fewer than `sizes.inner` in some. */
  innerOf?: string;
  /** Store the sums of b's columns as well, as the row after the last; b is then read across the sum. */
  columnSums?: boolean;
}

/** Multiplies, large products tile by tile: see {@link isSmall}. */
export function product(gpu: Gpu, given: Product): void {
  const { rows, columns, batches } = given.sizes;
  if (rows * columns * batches === 0) return;
  (isSmall(given.sizes) ? directProduct : tiledProduct)(gpu, given);
}

/** Long sums of few elements are cut into parts, which a second run adds. */
function tiledProduct(
  gpu: Gpu,
  { name, constants, sizes, inputs, a, b, store, innerOf = wholeInner, columnSums = false }: Product,
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
