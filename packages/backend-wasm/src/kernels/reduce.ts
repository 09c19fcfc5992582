import { sizeOf } from '@striate/core';
import { util, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import { kernel, type Kernel, type KernelBackend } from '../kernel.ts';
import { isNumeric } from '../stored-tensor.ts';
import { elementsPerItem, itemsOf } from './split.ts';

/** The numbers of assembly/reduce.ts. */
const kinds = { sum: 0, product: 1, maximum: 2, minimum: 3 };
const suffixes: Partial<Record<DataType, string>> = { float32: 'Float', int32: 'Int', bool: 'Byte' };
const typeNumbers: Partial<Record<DataType, number>> = { float32: 0, int32: 1, bool: 2 };

interface Reduction {
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
  let suffix = suffixes[x.dtype]!;
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
    [source, backend.address(y), length, elementsPerItem, factor, typeNumbers[dtype]!],
    { items: itemsOf(length, elementsPerItem) },
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

interface Attributes {
  axis?: number | number[];
  /** What Max calls its axes. */
  reductionIndices?: number | number[];
  keepDims?: boolean;
}

function reduction(
  name: string,
  kind: keyof typeof kinds,
  dtypeOf: (dtype: DataType) => DataType,
  { types = ['float32', 'int32', 'bool'], mean = false }: { types?: DataType[]; mean?: boolean } = {},
): Kernel {
  return kernel<{ x: TensorInfo }, Attributes>({
    name,
    accepts: ({ inputs: { x } }) => types.includes(x.dtype) && sizeOf(x.shape) > 0,
    run({ inputs: { x }, attributes: { axis, reductionIndices, keepDims }, backend }) {
      const axes = util.parseAxisParam(reductionIndices ?? axis!, [...x.shape]);
      const factor = mean ? 1 / sizeOf(axes.map((place) => x.shape[place]!)) : 1;
      return reduce(backend, x, { kind, axes, keepDims, dtype: dtypeOf(x.dtype), factor });
    },
  });
}

const same = (dtype: DataType): DataType => dtype;
const widened = (dtype: DataType): DataType => (dtype === 'bool' ? 'int32' : dtype);

function argument(name: string, greatest: boolean): Kernel {
  return kernel<{ x: TensorInfo }, { axis: number | number[] }>({
    name,
    accepts: ({ inputs: { x } }) => isNumeric(x.dtype) && sizeOf(x.shape) > 0,
    run({ inputs: { x }, attributes: { axis }, backend }) {
      const place = util.parseAxisParam(axis, [...x.shape])[0]!;
      const [outer, inner] = [sizeOf(x.shape.slice(0, place)), sizeOf(x.shape.slice(place + 1))];
      const size = x.shape[place] ?? 1;
      const y = backend.output(x.shape.toSpliced(place, 1), 'int32');
      const itemLength = Math.max(1, Math.floor(elementsPerItem / size));
      backend.run(
        `argument${suffixes[x.dtype]}`,
        [backend.address(x), backend.address(y), outer, size, inner, itemLength, Number(greatest)],
        { items: itemsOf(outer * inner, itemLength) },
      );
      return y;
    },
  });
}

const biasGradient = kernel<{ dy: TensorInfo }, object>({
  name: 'striate.BiasGradient',
  run: ({ inputs: { dy }, backend }) =>
    reduce(backend, dy, { kind: 'sum', axes: dy.shape.slice(1).map((_, axis) => axis), dtype: 'float32' }),
});

const mean = kernel<{ x: TensorInfo }, object>({
  name: 'striate.Mean',
  run: ({ inputs: { x }, backend }) =>
    reduce(backend, x, { kind: 'sum', axes: x.shape.map((_, axis) => axis), dtype: 'float32', factor: 1 / sizeOf(x.shape) }),
});

const meanGradient = kernel<{ dy: TensorInfo }, { inputShape: readonly number[] }>({
  name: 'striate.MeanGradient',
  run({ inputs: { dy }, attributes: { inputShape }, backend }) {
    const length = sizeOf(inputShape);
    const dx = backend.output(inputShape);
    backend.run('fillFrom', [backend.address(dx), length, elementsPerItem, backend.address(dy), 1 / length], {
      items: itemsOf(length, elementsPerItem),
    });
    return dx;
  },
});

export const reduceKernels: Kernel[] = [
  reduction('Sum', 'sum', widened),
  reduction('Prod', 'product', widened),
  reduction('Max', 'maximum', same),
  reduction('Min', 'minimum', same),
  reduction('Mean', 'sum', () => 'float32', { mean: true }),
  reduction('Any', 'maximum', same, { types: ['bool'] }),
  reduction('All', 'minimum', same, { types: ['bool'] }),
  argument('ArgMax', true),
  argument('ArgMin', false),
  biasGradient,
  mean,
  meanGradient,
];
