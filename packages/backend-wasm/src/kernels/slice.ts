import { stridesOf } from '@striate/core/backend';
import { backend_util, slice_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { namedKernel, type Kernel, type KernelBackend } from '../kernel.ts';
import { isNumeric } from '../stored-tensor.ts';
import { copy } from './copy.ts';
import { elementType } from './element-types.ts';

interface OneTensor {
  x: TensorInfo;
}

const accepts = ({ inputs: { x } }: { inputs: OneTensor }): boolean => isNumeric(x.dtype);

interface Box {
  begin: readonly number[];
  size: readonly number[];
  steps?: readonly number[];
  /** Shape of the result, if it is not `size`. */
  shape?: readonly number[];
}

/** A copy of every `steps`-th element from `begin` on. */
function sliced(backend: KernelBackend, x: TensorInfo, { begin, size, steps, shape = size }: Box): TensorInfo {
  const y = backend.output(shape, x.dtype);
  const own = stridesOf(x.shape);
  const start = begin.reduce((offset, place, axis) => offset + place * own[axis]!, 0);
  const bytes = elementType(x.dtype).bytes;
  copy(backend, {
    shape: size,
    bytes,
    source: {
      address: backend.address(x) + start * bytes,
      strides: own.map((stride, axis) => stride * (steps?.[axis] ?? 1)),
    },
    target: { address: backend.address(y), strides: stridesOf(size) },
  });
  return y;
}

const slice = namedKernel<OneTensor, { begin: number | number[]; size: number | number[] }>('Slice', {
  accepts,
  run({ inputs: { x }, attributes, backend }) {
    const [begin, size] = slice_util.parseSliceParams(x, attributes.begin, attributes.size) as [number[], number[]];
    slice_util.assertParamsValid(x, begin, size);
    return sliced(backend, x, { begin, size });
  },
});

interface StridedSliceAttributes {
  begin: number[];
  end: number[];
  strides: number[];
  beginMask: number;
  endMask: number;
  ellipsisMask: number;
  newAxisMask: number;
  shrinkAxisMask: number;
}

const stridedSlice = namedKernel<OneTensor, StridedSliceAttributes>('StridedSlice', {
  accepts,
  run({ inputs: { x }, attributes, backend }) {
    const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attributes;
    const masks = [beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask] as const;
    const info = slice_util.sliceInfo([...x.shape], begin, end, strides, ...masks);
    if (info.isIdentity) return backend.alias(x, info.finalShape);
    // Not info.finalShapeSparse, which lacks the axes that are dropped.
    const size = slice_util.computeOutShape(info.begin, info.end, info.strides).map((length) => Math.max(0, length));
    return sliced(backend, x, { begin: info.begin, size, steps: info.strides, shape: info.finalShape });
  },
});

const reverse = namedKernel<OneTensor, { dims: number | number[] }>('Reverse', {
  accepts,
  run({ inputs: { x }, attributes: { dims }, backend }) {
    const axes = util.parseAxisParam(dims, [...x.shape]);
    const steps = x.shape.map((_, axis) => (axes.includes(axis) ? -1 : 1));
    const begin = x.shape.map((size, axis) => (axes.includes(axis) ? Math.max(0, size - 1) : 0));
    return sliced(backend, x, { begin, size: x.shape, steps });
  },
});

/** Cuts x along an axis into boxes of these sizes. */
function split(
  backend: KernelBackend,
  x: TensorInfo,
  axis: number,
  sizes: readonly number[],
  drop: boolean,
): TensorInfo[] {
  let place = 0;
  return sizes.map((length) => {
    const begin = x.shape.map((_, index) => (index === axis ? place : 0));
    const size = x.shape.with(axis, length);
    place += length;
    return sliced(backend, x, { begin, size, shape: drop ? x.shape.toSpliced(axis, 1) : size });
  });
}

const splitV = namedKernel<OneTensor, { numOrSizeSplits: number | number[]; axis: number }>('SplitV', {
  accepts,
  run({ inputs: { x }, attributes: { numOrSizeSplits, axis }, backend }) {
    const place = util.parseAxisParam(axis, [...x.shape])[0]!;
    // prepareSplitSize looks at the shape alone, though it asks for a Tensor.
    const sizes = backend_util.prepareSplitSize(x, numOrSizeSplits, place);
    return split(backend, x, place, sizes, false);
  },
});

const unpack = namedKernel<{ value: TensorInfo }, { axis: number }>('Unpack', {
  accepts: ({ inputs: { value } }) => isNumeric(value.dtype),
  run({ inputs: { value }, attributes: { axis }, backend }) {
    const place = axis < 0 ? axis + value.shape.length : axis;
    return split(backend, value, place, new Array<number>(value.shape[place]!).fill(1), true);
  },
});

export const sliceKernels: Kernel[] = [slice, stridedSlice, reverse, splitV, unpack];
