import { ops, stridesOf } from '@striate/core/backend';
import { backend_util, slice_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { isNumeric } from '../../element-types.ts';
import { defineKernel, namedKernel, type Gpu, type Kernel } from '../../kernel.ts';
import { copy } from './copy.ts';

interface Box {
  begin: readonly number[];
  size: readonly number[];
  steps?: readonly number[];
  /** Shape of the result, if it is not `size`. */
  shape?: readonly number[];
}

/** A copy of every `steps`-th element from `begin` on. */
function sliced(gpu: Gpu, x: TensorInfo, { begin, size, steps, shape = size }: Box): TensorInfo {
  const y = gpu.output(shape, x.dtype);
  const own = stridesOf(x.shape);
  copy(gpu, {
    shape: size,
    source: {
      tensor: x,
      start: begin.reduce((offset, place, axis) => offset + place * own[axis]!, 0),
      strides: own.map((stride, axis) => stride * (steps?.[axis] ?? 1)),
    },
    target: { tensor: y, strides: stridesOf(size) },
  });
  return y;
}

/** Cuts x along an axis into boxes of these sizes. */
function split(gpu: Gpu, x: TensorInfo, axis: number, sizes: readonly number[], drop: boolean): TensorInfo[] {
  let place = 0;
  return sizes.map((length) => {
    const begin = x.shape.map((_, index) => (index === axis ? place : 0));
    const size = x.shape.with(axis, length);
    place += length;
    return sliced(gpu, x, { begin, size, shape: drop ? x.shape.toSpliced(axis, 1) : size });
  });
}

export const sliceKernels: readonly Kernel[] = [
  defineKernel(ops.slice, {
    run: ({ inputs, attributes, gpu }) => sliced(gpu, inputs.x, attributes),
  }),
  namedKernel<{ x: TensorInfo }, { begin: number | number[]; size: number | number[] }>('Slice', {
    accepts: ({ inputs: { x } }) => isNumeric(x.dtype),
    run({ inputs, attributes, gpu }) {
      const x = inputs.x;
      const [begin, size] = slice_util.parseSliceParams(x, attributes.begin, attributes.size) as [number[], number[]];
      slice_util.assertParamsValid(x, begin, size);
      return sliced(gpu, x, { begin, size });
    },
  }),
  namedKernel<{ x: TensorInfo }, { dims: number | number[] }>('Reverse', {
    accepts: ({ inputs: { x } }) => isNumeric(x.dtype),
    run({ inputs, attributes, gpu }) {
      const x = inputs.x;
      const axes = util.parseAxisParam(attributes.dims, [...x.shape]);
      const steps = x.shape.map((_, axis) => (axes.includes(axis) ? -1 : 1));
      const begin = x.shape.map((size, axis) => (axes.includes(axis) ? Math.max(0, size - 1) : 0));
      return sliced(gpu, x, { begin, size: x.shape, steps });
    },
  }),
  namedKernel<{ x: TensorInfo }, { numOrSizeSplits: number | number[]; axis: number }>('SplitV', {
    accepts: ({ inputs: { x } }) => isNumeric(x.dtype),
    run({ inputs, attributes, gpu }) {
      const x = inputs.x;
      const { numOrSizeSplits, axis } = attributes;
      const place = util.parseAxisParam(axis, [...x.shape])[0]!;
      // prepareSplitSize looks at the shape alone, though it asks for a Tensor.
      return split(gpu, x, place, backend_util.prepareSplitSize(x, numOrSizeSplits, place), false);
    },
  }),
  namedKernel<{ value: TensorInfo }, { axis: number }>('Unpack', {
    accepts: ({ inputs: { value } }) => isNumeric(value.dtype),
    run({ inputs, attributes, gpu }) {
      const value = inputs.value;
      const axis = attributes.axis;
      const place = axis < 0 ? axis + value.shape.length : axis;
      return split(gpu, value, place, new Array<number>(value.shape[place]!).fill(1), true);
    },
  }),
];
