import { ops } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import { util, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, namedKernel, type Kernel } from '../kernel.ts';
import { isNumeric } from '../stored-tensor.ts';
import { columnSums } from './column-sums.ts';
import { elementType } from './element-types.ts';
import { reduce, type Reduction } from './reduce.ts';
import { elementsPerItem, itemsOf } from './split.ts';

interface Attributes {
  axis?: number | number[];
  /** What Max calls its axes. */
  reductionIndices?: number | number[];
  keepDims?: boolean;
}

function reduction(
  name: string,
  kind: Reduction['kind'],
  dtypeOf: (dtype: DataType) => DataType,
  { types = ['float32', 'int32', 'bool'], mean = false }: { types?: DataType[]; mean?: boolean } = {},
): Kernel {
  return namedKernel<{ x: TensorInfo }, Attributes>(name, {
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
  return namedKernel<{ x: TensorInfo }, { axis: number | number[] }>(name, {
    accepts: ({ inputs: { x } }) => isNumeric(x.dtype) && sizeOf(x.shape) > 0,
    run({ inputs: { x }, attributes: { axis }, backend }) {
      const place = util.parseAxisParam(axis, [...x.shape])[0]!;
      const [outer, inner] = [sizeOf(x.shape.slice(0, place)), sizeOf(x.shape.slice(place + 1))];
      const size = x.shape[place] ?? 1;
      const y = backend.output(x.shape.toSpliced(place, 1), 'int32');
      const itemLength = Math.max(1, Math.floor(elementsPerItem / size));
      backend.run(
        `argument${elementType(x.dtype).suffix}`,
        [backend.address(x), backend.address(y), outer, size, inner, itemLength, Number(greatest)],
        { items: itemsOf(outer * inner, itemLength) },
      );
      return y;
    },
  });
}

const biasGradient = defineKernel(ops.biasGradient, {
  run({ inputs: { dy }, backend }) {
    const rows = sizeOf(dy.shape.slice(0, -1));
    return columnSums(backend, backend.address(dy), rows, dy.shape.at(-1)!);
  },
});

const mean = defineKernel(ops.mean, {
  run: ({ inputs: { x }, backend }) =>
    reduce(backend, x, {
      kind: 'sum',
      axes: x.shape.map((_, axis) => axis),
      dtype: 'float32',
      factor: 1 / sizeOf(x.shape),
    }),
});

const meanGradient = defineKernel(ops.meanGradient, {
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
