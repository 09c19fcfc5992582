import { ops, stridesOf } from '@striate/core/backend';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { isNumeric } from '../../element-types.ts';
import { defineKernel, namedKernel, type Gpu, type Kernel } from '../../kernel.ts';
import { copy } from './copy.ts';

function transposed(gpu: Gpu, x: TensorInfo, permutation: readonly number[]): TensorInfo {
  const shape = permutation.map((axis) => x.shape[axis]!);
  const y = gpu.output(shape, x.dtype);
  const strides = stridesOf(x.shape);
  copy(gpu, {
    shape,
    source: { tensor: x, strides: permutation.map((axis) => strides[axis]!) },
    target: { tensor: y, strides: stridesOf(shape) },
  });
  return y;
}

export const transposeKernels: readonly Kernel[] = [
  defineKernel(ops.transpose, {
    run: ({ inputs, attributes, gpu }) => transposed(gpu, inputs.x, attributes.permutation),
  }),
  namedKernel<{ x: TensorInfo }, { perm: readonly number[] }>('Transpose', {
    accepts: ({ inputs }) => isNumeric(inputs.x.dtype),
    run: ({ inputs, attributes, gpu }) => transposed(gpu, inputs.x, attributes.perm),
  }),
  namedKernel<{ x: TensorInfo }, { reps: readonly number[] }>('Tile', {
    accepts: ({ inputs }) => isNumeric(inputs.x.dtype),
    run({ inputs, attributes, gpu }) {
      const x = inputs.x;
      const reps = attributes.reps;
      const y = gpu.output(
        x.shape.map((size, axis) => size * reps[axis]!),
        x.dtype,
      );
      const strides = stridesOf(x.shape);
      // Each axis as two: the repetitions, which do not move in x, and the places.
      const shape = x.shape.flatMap((size, axis) => [reps[axis]!, size]);
      copy(gpu, {
        shape,
        source: { tensor: x, strides: strides.flatMap((stride) => [0, stride]) },
        target: { tensor: y, strides: stridesOf(shape) },
      });
      return y;
    },
  }),
];
