import { sizeOf } from '@striate/core';
import { backend_util, util, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import { namedKernel, type Kernel } from '../kernel.ts';
import { isNumeric } from '../stored-tensor.ts';
import { fill } from './copy.ts';
import { elementType } from './element-types.ts';
import { elementsPerItem, itemsOf, rowsPerItem } from './split.ts';

const select = namedKernel<Record<'condition' | 't' | 'e', TensorInfo>, object>('Select', {
  accepts: ({ inputs: { condition, t, e } }) =>
    condition.dtype === 'bool' &&
    t.dtype === e.dtype &&
    isNumeric(t.dtype) &&
    sizeOf(condition.shape) === sizeOf(t.shape),
  run({ inputs: { condition, t, e }, backend }) {
    const y = backend.output(t.shape, t.dtype);
    const length = sizeOf(t.shape);
    const addresses = [condition, t, e, y].map((tensor) => backend.address(tensor));
    backend.run('select', [...addresses, length, elementsPerItem, elementType(t.dtype).bytes], {
      items: itemsOf(length, elementsPerItem),
    });
    return y;
  },
});

/** An index that is out of range gives zeros. */
const gatherV2 = namedKernel<{ x: TensorInfo; indices: TensorInfo }, { axis: number; batchDims?: number }>('GatherV2', {
  accepts: ({ inputs: { x, indices } }) => isNumeric(x.dtype) && indices.dtype === 'int32',
  run({ inputs: { x, indices }, attributes: { axis, batchDims = 0 }, backend }) {
    const at = util.parseAxisParam(axis, [...x.shape])[0]!;
    const { batchSize, outerSize, dimSize, sliceSize, outputShape } =
      backend_util.segment_util.collectGatherOpShapeInfo(x, indices, at, batchDims);
    const y = backend.output(outputShape, x.dtype);
    const count = sizeOf(indices.shape) / batchSize;
    const perItem = rowsPerItem(sliceSize);
    const addresses = [x, indices, y].map((tensor) => backend.address(tensor));
    backend.run(
      'gather',
      [...addresses, batchSize, outerSize, dimSize, count, sliceSize * elementType(x.dtype).bytes, perItem],
      {
        items: itemsOf(batchSize * outerSize * count, perItem),
      },
    );
    return y;
  },
});

interface OneHotAttributes {
  depth: number;
  onValue: number;
  offValue: number;
  dtype: DataType;
}

const oneHot = namedKernel<{ indices: TensorInfo }, OneHotAttributes>('OneHot', {
  accepts: ({ inputs: { indices }, attributes: { dtype } }) => indices.dtype === 'int32' && isNumeric(dtype),
  run({ inputs: { indices }, attributes: { depth, onValue, offValue, dtype }, backend }) {
    const y = backend.output([...indices.shape, depth], dtype);
    const count = sizeOf(indices.shape);
    const perItem = rowsPerItem(depth);
    backend.run(
      'oneHot',
      [
        backend.address(indices),
        backend.address(y),
        count,
        depth,
        onValue,
        offValue,
        elementType(dtype).number,
        perItem,
      ],
      { items: itemsOf(count, perItem) },
    );
    return y;
  },
});

const filled = namedKernel<object, { shape: number[]; value: number | string; dtype?: DataType }>('Fill', {
  accepts: ({ attributes: { value, dtype } }) => isNumeric(dtype ?? util.inferDtype(value)),
  run({ attributes: { shape, value, dtype = util.inferDtype(value) }, backend }) {
    const y = backend.output(shape, dtype);
    fill(backend, dtype, backend.address(y), sizeOf(shape), Number(value));
    return y;
  },
});

const like = (name: string, value: number): Kernel =>
  namedKernel<{ x: TensorInfo }, object>(name, {
    accepts: ({ inputs: { x } }) => isNumeric(x.dtype),
    run({ inputs: { x }, backend }) {
      const y = backend.output(x.shape, x.dtype);
      fill(backend, x.dtype, backend.address(y), sizeOf(x.shape), value);
      return y;
    },
  });

export const selectKernels: Kernel[] = [select, gatherV2, oneHot, filled, like('ZerosLike', 0), like('OnesLike', 1)];
