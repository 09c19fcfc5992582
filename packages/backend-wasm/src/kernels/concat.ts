import { stridesOf } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import { backend_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { namedKernel, type Kernel, type KernelBackend } from '../kernel.ts';
import { isNumeric } from '../stored-tensor.ts';
import { copy, fill } from './copy.ts';
import { elementType } from './element-types.ts';
import { elementsPerItem, itemsOf } from './split.ts';

type List = Record<string, TensorInfo>;

const sameType = ({ inputs }: { inputs: List }): boolean => {
  const [first, ...others] = Object.values(inputs);
  return isNumeric(first!.dtype) && others.every(({ dtype }) => dtype === first!.dtype);
};

/** Copies a tensor into the box of `y` that begins at `begin`; `shape` is the tensor's as y sees it. */
function place(
  backend: KernelBackend,
  x: TensorInfo,
  y: TensorInfo,
  begin: readonly number[],
  shape: readonly number[] = x.shape,
): void {
  const strides = stridesOf(y.shape);
  const bytes = elementType(x.dtype).bytes;
  const start = begin.reduce((offset, coordinate, axis) => offset + coordinate * strides[axis]!, 0);
  copy(backend, {
    shape,
    bytes,
    source: { address: backend.address(x), strides: stridesOf(shape) },
    target: { address: backend.address(y) + start * bytes, strides },
  });
}

function joined(
  backend: KernelBackend,
  tensors: readonly TensorInfo[],
  shapes: readonly number[][],
  axis: number,
): TensorInfo {
  const y = backend.output(backend_util.computeOutShape([...shapes], axis), tensors[0]!.dtype);
  let offset = 0;
  for (const [index, x] of tensors.entries()) {
    const shape = shapes[index]!;
    if (sizeOf(shape) === 0) continue;
    place(
      backend,
      x,
      y,
      y.shape.map((_, at) => (at === axis ? offset : 0)),
      shape,
    );
    offset += shape[axis]!;
  }
  return y;
}

const concat = namedKernel<List, { axis: number }>('Concat', {
  accepts: sameType,
  run({ inputs, attributes: { axis }, backend }) {
    const tensors = Object.values(inputs);
    const shapes = tensors.map(({ shape }) => shape);
    const at = util.parseAxisParam(axis, shapes[0]!)[0]!;
    backend_util.assertParamsConsistent(shapes, at);
    return joined(backend, tensors, shapes, at);
  },
});

const pack = namedKernel<List, { axis: number }>('Pack', {
  accepts: sameType,
  run({ inputs, attributes: { axis }, backend }) {
    const tensors = Object.values(inputs);
    for (const { shape } of tensors) {
      util.assertShapesMatch(tensors[0]!.shape, shape, 'All tensors passed to stack must have matching shapes');
    }
    const at = axis < 0 ? axis + tensors[0]!.shape.length + 1 : axis;
    return joined(
      backend,
      tensors,
      tensors.map(({ shape }) => shape.toSpliced(at, 0, 1)),
      at,
    );
  },
});

const padV2 = namedKernel<{ x: TensorInfo }, { paddings: [number, number][]; constantValue: number }>('PadV2', {
  accepts: ({ inputs: { x } }) => isNumeric(x.dtype),
  run({ inputs: { x }, attributes: { paddings, constantValue }, backend }) {
    const shape = x.shape.map((size, axis) => paddings[axis]![0] + size + paddings[axis]![1]);
    const y = backend.output(shape, x.dtype);
    fill(backend, x.dtype, backend.address(y), sizeOf(shape), constantValue);
    place(
      backend,
      x,
      y,
      paddings.map(([before]) => before),
    );
    return y;
  },
});

const addN = namedKernel<List, object>('AddN', {
  accepts: ({ inputs }) => sameType({ inputs }) && inputs[0]!.dtype !== 'bool',
  run({ inputs, backend }) {
    const tensors = Object.values(inputs);
    const { shape, dtype } = tensors[0]!;
    const y = backend.output(shape, dtype);
    const length = sizeOf(shape);
    const addresses = tensors.map((tensor) => backend.address(tensor));
    backend.run(
      dtype === 'int32' ? 'addInts' : 'addFloats',
      [backend.address(y), length, elementsPerItem, tensors.length, ...addresses],
      { items: itemsOf(length, elementsPerItem) },
    );
    return y;
  },
});

export const concatKernels: Kernel[] = [concat, pack, padV2, addN];
