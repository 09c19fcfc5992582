import { operandCode, type Operand } from './operand.ts';
import { step, type Tiles } from './tiles.ts';

export interface ProductCode {
  a: Operand;
  b: Operand;
  tiles: Tiles;
  /** WGSL of `fn put(split: u32, z: u32, row: u32, column: u32, value: Value)`. */
  put: string;
  /** WGSL of `fn innerOf(z: u32) -> u32`. */
  innerOf: string;
  /** Whether `put` gets the sums of b's columns as well, as the row after the last. */
  columnSums: boolean;
  /** Columns that are put at once. */
  width: 1 | 4;
}

const times = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join('\n');

const quads = step / 4;
/** Vectors from row to row in workgroup memory: one is left free, so that rows start in different banks. */
const pitch = quads + 1;

/**
 * A product of matrices in tiles. Both operands' parts of a tile are kept in workgroup memory, `step` terms at a time;
 * the next ones are read into registers while these are multiplied. An operand that is read along the sum is kept by
 * rows (columns of b), one that is read across it by terms.
 */
export function productCode({ a, b, tiles, put, innerOf, columnSums, width }: ProductCode): string {
  const { columnThreads, rowThreads, rowsPerThread } = tiles;
  const threads = columnThreads * rowThreads;
  const [tileRows, tileColumns] = [rowThreads * rowsPerThread, columnThreads * 4];
  const loaderA = loader('A', a, tileRows, threads);
  const loaderB = loader('B', b, tileColumns, threads);
  return `
    alias Value = ${width === 4 ? 'vec4f' : 'f32'};
    var<workgroup> tileA: array<vec4f, ${loaderA.vectors}>;
    var<workgroup> tileB: array<vec4f, ${loaderB.vectors}>;
    ${operandCode('A', a)}
    ${operandCode('B', b)}
    ${innerOf}
    ${put}
    @compute @workgroup_size(${threads})
    fn main(
      @builtin(workgroup_id) group: vec3u,
      @builtin(num_workgroups) groups: vec3u,
      @builtin(local_invocation_index) thread: u32,
    ) {
      let tile = group.y * groups.x + group.x;
      if (tile >= uniforms.tiles) { return; }
      let columnTiles = (uniforms.columns + ${tileColumns - 1}) / ${tileColumns};
      let rowTiles = (uniforms.rows + ${tileRows - 1}) / ${tileRows};
      let firstColumn = tile % columnTiles * ${tileColumns};
      let firstRow = tile / columnTiles % rowTiles * ${tileRows};
      let batch = tile / (columnTiles * rowTiles);
      let z = batch % uniforms.batches;
      let split = batch / uniforms.batches;
      let threadX = thread % ${columnThreads};
      let threadY = thread / ${columnThreads};
      let begin = split * uniforms.chunk;
      let end = min(begin + uniforms.chunk, innerOf(z));
      ${loaderA.places('firstRow')}
      ${loaderB.places('firstColumn')}
      ${times(rowsPerThread, (i) => `var sum${i} = vec4f(0);`)}
      ${columnSums ? 'var columnSum = vec4f(0);' : ''}
      for (var k = begin; ; k += ${step}) {
        ${loaderA.read}
        ${loaderB.read}
        if (k > begin) {
          ${multiply(a, b, tiles)}
        }
        if (k >= end) { break; }
        workgroupBarrier();
        ${loaderA.keep}
        ${loaderB.keep}
        ${columnSums ? times(loaderB.items, (i) => `columnSum += B${i};`) : ''}
        workgroupBarrier();
      }
      let column = firstColumn + threadX * 4;
      ${times(rowsPerThread, (i) => `putFour(split, z, firstRow + ${rowOf(a, i, rowThreads)}, uniforms.rows, column, sum${i});`)}
      ${columnSums ? addColumnSums(tiles) : ''}
    }
    fn putFour(split: u32, z: u32, row: u32, rows: u32, column: u32, value: vec4f) {
      ${
        width === 4
          ? 'if (row < rows && column < uniforms.columns) { put(split, z, row, column, value); }'
          : `for (var j = 0u; j < 4; j++) {
              if (row < rows && column + j < uniforms.columns) { put(split, z, row, column + j, value[j]); }
            }`
      }
    }`;
}

interface Loader {
  /** Vectors in workgroup memory. */
  vectors: number;
  /** Vectors that an invocation reads at a time. */
  items: number;
  places(first: string): string;
  /** The terms from k on. */
  read: string;
  keep: string;
}

/** How invocations read an operand's part of a tile together, neighbours neighbouring vectors. */
function loader(letter: 'A' | 'B', { along }: Operand, size: number, threads: number): Loader {
  const all = (size * step) / 4;
  const items = Math.ceil(all / threads);
  const across = size / 4;
  const index = (i: number): string => (i ? `(thread + ${i * threads})` : 'thread');
  // Four columns in a row belong to one invocation: they are kept apart, neighbours' first ones side by side.
  const slot = (i: number): string =>
    letter === 'B' ? `(${index(i)} / ${quads} % 4 * ${across} + ${index(i)} / ${quads * 4})` : `${index(i)} / ${quads}`;
  const [outer, k, kept] =
    along === 'inner'
      ? [
          (i: number) => `${index(i)} / ${quads}`,
          (i: number) => `${index(i)} % ${quads} * 4`,
          (i: number) => `${slot(i)} * ${pitch} + ${index(i)} % ${quads}`,
        ]
      : [(i: number) => `${index(i)} % ${across} * 4`, (i: number) => `${index(i)} / ${across}`, index];
  const guarded = (i: number, text: string): string =>
    (i + 1) * threads > all ? `if (${index(i)} < ${all}) { ${text} }` : text;
  return {
    vectors: along === 'inner' ? size * pitch : all,
    items,
    places: (first) =>
      times(
        items,
        (i) => `
          let outer${letter}${i} = ${first} + ${outer(i)};
          let place${letter}${i} = place${letter}(z, outer${letter}${i});
          var ${letter}${i} = vec4f(0);`,
      ),
    read: times(items, (i) =>
      guarded(i, `${letter}${i} = read${letter}(z, outer${letter}${i}, k + ${k(i)}, end, place${letter}${i});`),
    ),
    keep: times(items, (i) => guarded(i, `tile${letter}[${kept(i)}] = ${letter}${i};`)),
  };
}

/** The row of a tile whose sums invocation threadY holds as its `i`-th. */
const rowOf = ({ along }: Operand, i: number, rowThreads: number): string =>
  along === 'inner' ? `threadY + ${i * rowThreads}` : `threadY * 4 + ${Math.floor(i / 4) * rowThreads * 4 + (i % 4)}`;

function multiply(a: Operand, b: Operand, { columnThreads, rowThreads, rowsPerThread }: Tiles): string {
  if (a.along === 'outer') {
    return `
      for (var i = 0u; i < ${step}; i++) {
        let b = tileB[i * ${columnThreads} + threadX];
        ${times(
          rowsPerThread / 4,
          (quad) => `
          let a${quad} = tileA[i * ${(rowThreads * rowsPerThread) / 4} + threadY + ${quad * rowThreads}];
          ${times(4, (j) => `sum${quad * 4 + j} += a${quad}[${j}] * b;`)}`,
        )}
      }`;
  }
  const readB = (j: number): string =>
    b.along === 'inner'
      ? `tileB[(threadX + ${j * columnThreads}) * ${pitch} + i]`
      : `tileB[(i * 4 + ${j}) * ${columnThreads} + threadX]`;
  const sum =
    b.along === 'inner'
      ? `vec4f(${[0, 1, 2, 3].map((j) => `dot(a, b${j})`).join(', ')})`
      : [0, 1, 2, 3].map((j) => `a[${j}] * b${j}`).join(' + ');
  return `
    for (var i = 0u; i < ${quads}; i++) {
      ${times(4, (j) => `let b${j} = ${readB(j)};`)}
      ${times(rowsPerThread, (i) => `{ let a = tileA[(threadY + ${i * rowThreads}) * ${pitch} + i]; sum${i} += ${sum}; }`)}
    }`;
}

/** Invocations of one threadX have read the same columns of b, in different rows. */
function addColumnSums({ columnThreads, rowThreads }: Tiles): string {
  return `
    if (firstRow == 0) {
      tileA[thread] = columnSum;
      workgroupBarrier();
      if (threadY == 0) {
        for (var i = 1u; i < ${rowThreads}; i++) { columnSum += tileA[i * ${columnThreads} + threadX]; }
        putFour(split, z, uniforms.rows, uniforms.rows + 1, column, columnSum);
      }
    }`;
}
