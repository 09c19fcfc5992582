import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Gpu } from '../../kernel.ts';
import { product } from './product.ts';
import { bound, boundAll, finishCode, widthOf } from './store.ts';

interface MultiplyTensors {
  a: TensorInfo;
  b: TensorInfo;
  bias?: TensorInfo | undefined;
}

interface MultiplyOptions {
  transposeA: boolean;
  transposeB: boolean;
  relu: boolean;
}

/** Rows and columns of the last two axes, after the transpose. */
export function sides(shape: readonly number[], transposed: boolean): [rows: number, columns: number] {
  const [rows, columns] = [shape.at(-2)!, shape.at(-1)!];
  return transposed ? [columns, rows] : [rows, columns];
}

/** act(op(a) op(b) + bias), for each place along the batch axes; a side with one place goes with all of the other. */
export function multiply(
  gpu: Gpu,
  { a, b, bias }: MultiplyTensors,
  { transposeA, transposeB, relu }: MultiplyOptions,
): TensorInfo {
  const [rows, inner] = sides(a.shape, transposeA);
  const columns = sides(b.shape, transposeB)[1];
  const [axesA, axesB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const [batchesA, batchesB] = [util.sizeFromShape(axesA), util.sizeFromShape(axesB)];
  const y = gpu.output([...(batchesA > batchesB ? axesA : axesB), rows, columns]);
  const sizes = { rows, columns, inner, batches: Math.max(batchesA, batchesB) };
  const width = widthOf(columns, sizes);
  // The neighbours of an element in memory lie along the sum in one of them, and across it in the other.
  const lines = (transposed: boolean): 'inner' | 'outer' => (transposed ? 'inner' : 'outer');
  const alongA = lines(!transposeA);
  const alongB = alongA === 'inner' ? lines(transposeB) : 'outer';
  const [vectorsA, vectorsB] = [a, b].map(({ shape }) => widthOf(shape.at(-1)!, sizes) === 4) as [boolean, boolean];
  const readsB = vectorsB && alongB === lines(transposeB);
  product(gpu, {
    name: `matMul${transposeA ? 'T' : 'N'}${transposeB ? 'T' : 'N'}`,
    constants: { RELU: relu, BATCHES_A: batchesA > 1, BATCHES_B: batchesB > 1 },
    sizes,
    inputs: { a: bound(a, vectorsA), b: bound(b, readsB) },
    a: { array: 'a', along: alongA, vectors: vectorsA, code: matrixCode('rows', transposeA, batchesA > 1) },
    b: { array: 'b', along: alongB, vectors: readsB, code: matrixCode('columns', !transposeB, batchesB > 1) },
    store: {
      width,
      inputs: boundAll({ bias }, width),
      outputs: { y: bound(y, width) },
      code: `
        fn store(z: u32, row: u32, column: u32, value: Value) {
          ${finishCode(bias !== undefined, relu, 'column', width)}
          y[((z * uniforms.rows + row) * uniforms.columns + column) / ${width}] = result;
        }`,
    },
  });
  return y;
}

/** Elements of a matrix with so many rows (or columns) that lie side by side, or one after each sum's. */
function matrixCode(size: 'rows' | 'columns', sideBySide: boolean, batches: boolean): string {
  const start = batches ? `z * uniforms.${size} * uniforms.inner` : '0';
  return `
    struct Place@ { start: u32 }
    fn place@(z: u32, outer: u32) -> Place@ { return Place@(${start} + outer${sideBySide ? '' : ' * uniforms.inner'}); }
    fn index@(place: Place@, k: u32) -> i32 { return i32(place.start + k${sideBySide ? ` * uniforms.${size}` : ''}); }`;
}
