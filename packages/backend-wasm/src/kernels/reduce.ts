import { sizeOf } from '@striate/core';
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelBackend } from '../kernel.ts';
import { elementType } from './element-types.ts';
import { elementsPerItem, itemsOf } from './split.ts';

/** The numbers of assembly/reduce.ts. */
const kinds = { sum: 0, product: 1, maximum: 2, minimum: 3 };

export interface Reduction {
  kind: keyof typeof kinds;
  axes: readonly number[];
  keepDims?: boolean | undefined;
  dtype: DataType;
  /** The result is multiplied by this. */
  factor?: number;
}

/** One axis after the other, the innermost first, each in chunks where that is needed to have work for all threads. */
export function reduce(
  backend: KernelBackend,
  x: TensorInfo,
  { kind, axes, keepDims, dtype, factor = 1 }: Reduction,
): TensorInfo {
  const sizes = [...x.shape];
  let source = backend.address(x);
  let suffix = elementType(x.dtype).suffix;
  // Neighbouring axes are reduced as one.
  const runs = joinRuns(axes);
  for (const { first, last } of runs.length > 0 ? runs : [{ first: sizes.length, last: sizes.length }]) {
    const outer = sizeOf(sizes.slice(0, first));
    const inner = sizeOf(sizes.slice(last));
    let size = sizeOf(sizes.slice(first, last));
    do {
      const { chunkSize, chunks, columns, units } = cut(outer, size, inner);
      const unitsPerItem = Math.max(1, Math.floor(elementsPerItem / (chunkSize * columns)));
      const partials = backend.temporary(outer * chunks * inner * 8);
      backend.run(
        `reduce${suffix}`,
        [source, partials, outer, size, inner, kinds[kind], chunkSize, columns, unitsPerItem],
        { items: itemsOf(units, unitsPerItem), scratchBytes: columns * 8 + 16 },
      );
      source = partials;
      suffix = 'Double';
      size = chunks;
    } while (size > 1);
    sizes.fill(1, first, last);
  }
  const reduced = x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const y = backend.output(keepDims ? reduced : x.shape.filter((_, axis) => !axes.includes(axis)), dtype);
  const length = sizeOf(y.shape);
  backend.run(
    'storeReduced',
    [source, backend.address(y), length, elementsPerItem, factor, elementType(dtype).number],
    {
      items: itemsOf(length, elementsPerItem),
    },
  );
  return y;
}

function cut(outer: number, size: number, inner: number): Record<'chunkSize' | 'chunks' | 'columns' | 'units', number> {
  const columns = Math.min(inner, 1024);
  const blocks = Math.ceil(inner / columns);
  const enough = outer * blocks >= 16;
  const chunkSize = enough ? size : Math.min(size, Math.max(64, Math.ceil(elementsPerItem / columns)));
  const chunks = Math.ceil(size / chunkSize);
  return { chunkSize, chunks, columns, units: outer * chunks * blocks };
}

/** Runs of neighbouring axes, the innermost first. */
function joinRuns(axes: readonly number[]): { first: number; last: number }[] {
  const runs: { first: number; last: number }[] = [];
  for (const axis of [...axes].sort((a, b) => b - a)) {
    const run = runs.at(-1);
    if (run?.first === axis + 1) run.first = axis;
    else runs.push({ first: axis, last: axis + 1 });
  }
  return runs;
}
