import { ops } from '@striate/core/backend';
import { util, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import { isNumeric } from '../../element-types.ts';
import { defineKernel, namedKernel, type Kernel } from '../../kernel.ts';
import { elementWise } from './element-wise.ts';

const casts: Readonly<Record<string, string>> = {
  'int32 float32': 'f32(x)',
  'bool float32': 'f32(x)',
  'float32 int32': 'i32(x)',
  'bool int32': 'x',
  'float32 bool': 'select(0, 1, x != 0.0 || isNan(x))',
  'int32 bool': 'select(0, 1, x != 0)',
};

export const castKernels: readonly Kernel[] = [
  namedKernel<{ x: TensorInfo }, object>('Identity', {
    accepts: ({ inputs: { x } }) => isNumeric(x.dtype),
    run: ({ inputs: { x }, gpu }) => gpu.alias(x, x.shape),
  }),
  namedKernel<{ x: TensorInfo }, { shape: number[] }>('Reshape', {
    accepts: ({ inputs: { x } }) => isNumeric(x.dtype),
    run: ({ inputs: { x }, attributes: { shape }, gpu }) =>
      gpu.alias(x, util.inferFromImplicitShape(shape, util.sizeFromShape([...x.shape]))),
  }),
  namedKernel<{ input: TensorInfo }, { dim: number }>('ExpandDims', {
    accepts: ({ inputs: { input } }) => isNumeric(input.dtype),
    run: ({ inputs: { input }, attributes: { dim }, gpu }) =>
      gpu.alias(input, input.shape.toSpliced(dim < 0 ? input.shape.length + dim + 1 : dim, 0, 1)),
  }),
  defineKernel(ops.reshape, {
    run: ({ inputs: { x }, attributes: { shape }, gpu }) => gpu.alias(x, shape),
  }),
  namedKernel<{ x: TensorInfo }, { dtype: DataType }>('Cast', {
    accepts: ({ inputs: { x }, attributes: { dtype } }) => isNumeric(x.dtype) && isNumeric(dtype),
    run({ inputs: { x }, attributes: { dtype }, gpu }) {
      const value = casts[`${x.dtype} ${dtype}`];
      if (value === undefined) return gpu.alias(x, x.shape);
      return elementWise(gpu, { name: `Cast.${x.dtype}.${dtype}`, shape: x.shape, dtype, inputs: { x }, value });
    },
  }),
];
