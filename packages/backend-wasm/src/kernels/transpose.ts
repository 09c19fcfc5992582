import { joinAxes, stridesOf } from '@striate/core/backend';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { namedKernel, type Kernel } from '../kernel.ts';
import { isNumeric } from '../stored-tensor.ts';
import { copy } from './copy.ts';
import { elementType } from './element-types.ts';

interface OneTensor {
  x: TensorInfo;
}

const accepts = ({ inputs: { x } }: { inputs: OneTensor }): boolean => isNumeric(x.dtype);

const transpose = namedKernel<OneTensor, { perm: number[] }>('Transpose', {
  accepts,
  run({ inputs: { x }, attributes: { perm }, backend }) {
    const shape = perm.map((axis) => x.shape[axis]!);
    const y = backend.output(shape, x.dtype);
    const strides = stridesOf(x.shape);
    const source = { address: backend.address(x), strides: perm.map((axis) => strides[axis]!) };
    const target = { address: backend.address(y), strides: stridesOf(shape) };
    const walk = joinAxes(shape, [source.strides, target.strides]);
    const [rows = 1, columns = 1] = [walk.shape.at(-1), walk.shape.at(-2)];
    const matrices = walk.shape.length === 3 ? walk.shape[0]! : 1;
    const swapped = walk.strides[0]!.at(-2) === 1 && walk.strides[0]!.at(-1) === columns;
    const batched = walk.shape.length === 2 || (walk.shape.length === 3 && walk.strides[0]![0] === rows * columns);
    if (swapped && batched && x.dtype !== 'bool') {
      const columnsOfBand = Math.max(4, Math.ceil(16_384 / rows / 4) * 4);
      backend.run('transposeMatrices', [source.address, target.address, rows, columns, columnsOfBand], {
        items: matrices * Math.ceil(columns / columnsOfBand),
      });
    } else {
      copy(backend, { shape, bytes: elementType(x.dtype).bytes, source, target });
    }
    return y;
  },
});

const tile = namedKernel<OneTensor, { reps: number[] }>('Tile', {
  accepts,
  run({ inputs: { x }, attributes: { reps }, backend }) {
    const y = backend.output(
      x.shape.map((size, axis) => size * reps[axis]!),
      x.dtype,
    );
    const strides = stridesOf(x.shape);
    // Each axis as two: the repetitions, which do not move in x, and the places.
    const shape = x.shape.flatMap((size, axis) => [reps[axis]!, size]);
    copy(backend, {
      shape,
      bytes: elementType(x.dtype).bytes,
      source: { address: backend.address(x), strides: strides.flatMap((stride) => [0, stride]) },
      target: { address: backend.address(y), strides: stridesOf(shape) },
    });
    return y;
  },
});

export const transposeKernels: Kernel[] = [transpose, tile];
