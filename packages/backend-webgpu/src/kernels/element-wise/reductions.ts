import { ops } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import { util, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, namedKernel, type Gpu, type Kernel } from '../../kernel.ts';
import { reduce, type Reduction } from './reduce.ts';
import { runRows } from './rows.ts';

const same = (dtype: DataType): DataType => dtype;
const widened = (dtype: DataType): DataType => (dtype === 'bool' ? 'int32' : dtype);

interface StockAttributes {
  axis?: number | number[];
  /** What Max calls its axes. */
  reductionIndices?: number | number[];
  keepDims?: boolean;
}

function reduction(
  name: string,
  kind: Reduction['kind'],
  types: readonly DataType[],
  dtypeOf: (dtype: DataType) => DataType,
): Kernel {
  return namedKernel<{ x: TensorInfo }, StockAttributes>(name, {
    accepts: ({ inputs: { x } }) => types.includes(x.dtype) && sizeOf(x.shape) > 0,
    run({ inputs: { x }, attributes: { axis, reductionIndices, keepDims }, gpu }) {
      const axes = util.parseAxisParam((reductionIndices ?? axis)!, [...x.shape]); // left out: all
      return reduce(gpu, { name, kind, inputs: { x }, axes, keepDims, dtype: dtypeOf(x.dtype) });
    },
  });
}

/** Mean of float32 numbers over axes. */
function mean(gpu: Gpu, x: TensorInfo, axes: readonly number[], keepDims = false): TensorInfo {
  return reduce(gpu, {
    name: 'mean',
    kind: 'sum',
    inputs: { x },
    axes,
    keepDims,
    finish: 'total * uniforms.factor',
    uniforms: { factor: 1 / sizeOf(axes.map((axis) => x.shape[axis]!)) },
  });
}

/** Place of the largest number of each row; the first of equal ones. */
const argMax: Kernel = namedKernel<{ x: TensorInfo }, { axis: number | number[] }>('ArgMax', {
  accepts: ({ inputs, attributes }) => {
    const { shape, dtype } = inputs.x;
    const [axis] = util.parseAxisParam(attributes.axis, [...shape]);
    return dtype === 'float32' && axis === shape.length - 1 && sizeOf(shape) > 0;
  },
  run({ inputs, gpu }) {
    const x = inputs.x;
    const y = gpu.output(x.shape.slice(0, -1), 'int32');
    const classes = x.shape.at(-1)!;
    runRows(gpu, {
      name: 'argMax',
      rows: sizeOf(y.shape),
      classes,
      inputs: { x },
      outputs: { y },
      body: placeOfLargest('x', 'place') + '\n  if (lane == 0u) { y[row] = place; }',
    });
    return y;
  },
});

/** WGSL: declares the place (i32) of the first of a row's largest numbers; NaN is never the largest. */
export const placeOfLargest = (x: string, place: string): string => `
  var most = -3.4028234e38;
  for (var k = lane; k < uniforms.classes; k += u32(WIDTH)) { most = select(max(most, ${x}[start + k]), most, isNan(${x}[start + k])); }
  most = largestOfRow(most, lane);
  var first = f32(uniforms.classes);
  for (var k = lane; k < uniforms.classes; k += u32(WIDTH)) {
    first = select(first, min(first, f32(k)), ${x}[start + k] == most && !isNan(${x}[start + k]));
  }
  first = smallestOfRow(first, lane);
  let ${place} = select(i32(first), 0, first >= f32(uniforms.classes));`;

export const reductionKernels: readonly Kernel[] = [
  reduction('Sum', 'sum', ['float32', 'int32', 'bool'], widened),
  reduction('Prod', 'product', ['float32', 'int32', 'bool'], widened),
  reduction('Max', 'maximum', ['float32', 'int32'], same),
  reduction('Min', 'minimum', ['float32', 'int32', 'bool'], same),
  reduction('Any', 'maximum', ['bool'], same),
  reduction('All', 'minimum', ['bool'], same),
  namedKernel<{ x: TensorInfo }, StockAttributes>('Mean', {
    accepts: ({ inputs: { x } }) => x.dtype === 'float32' && sizeOf(x.shape) > 0,
    run: ({ inputs: { x }, attributes: { axis, keepDims }, gpu }) =>
      mean(gpu, x, util.parseAxisParam(axis!, [...x.shape]), keepDims),
  }),
  defineKernel(ops.mean, {
    run: ({ inputs: { x }, gpu }) =>
      mean(
        gpu,
        x,
        x.shape.map((_, axis) => axis),
      ),
  }),
  argMax,
];
