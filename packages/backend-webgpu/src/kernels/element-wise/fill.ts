import { ops } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import { util, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import { isNumeric } from '../../element-types.ts';
import { defineKernel, namedKernel, type Gpu, type Kernel } from '../../kernel.ts';
import { elementWiseInto } from './element-wise.ts';

/** A tensor of one value. */
export function filled(gpu: Gpu, shape: readonly number[], value: number, dtype: DataType = 'float32'): TensorInfo {
  const y = gpu.output(shape, dtype);
  // A value that a shader could not be trusted with, NaN or infinity, travels as its bits.
  const bits = new DataView(new ArrayBuffer(4));
  if (dtype === 'float32') bits.setFloat32(0, value);
  else bits.setInt32(0, value);
  elementWiseInto(gpu, y, {
    name: 'fill',
    shape,
    inputs: {},
    words: { value: bits.getUint32(0) },
    value: dtype === 'float32' ? 'bitcast<f32>(uniforms.value)' : 'bitcast<i32>(uniforms.value)',
  });
  return y;
}

const like = (name: string, value: number): Kernel =>
  namedKernel<{ x: TensorInfo }, object>(name, {
    accepts: ({ inputs }) => isNumeric(inputs.x.dtype),
    run: ({ inputs, gpu }) => filled(gpu, inputs.x.shape, value, inputs.x.dtype),
  });

export const fillKernels: readonly Kernel[] = [
  namedKernel<object, { shape: readonly number[]; value: number; dtype?: DataType }>('Fill', {
    accepts: ({ attributes }) => isNumeric(attributes.dtype ?? util.inferDtype(attributes.value)),
    run({ attributes, gpu }) {
      const { shape, value, dtype } = attributes;
      return filled(gpu, shape, Number(value), dtype ?? util.inferDtype(value));
    },
  }),
  like('ZerosLike', 0),
  like('OnesLike', 1),
  defineKernel(ops.meanGradient, {
    run({ inputs, attributes, gpu }) {
      const shape = attributes.inputShape;
      const dx = gpu.output(shape);
      elementWiseInto(gpu, dx, {
        name: 'meanGradient',
        shape,
        inputs: { dy: inputs.dy },
        uniforms: { factor: 1 / sizeOf(shape) },
        value: 'dy * uniforms.factor',
      });
      return dx;
    },
  }),
];
