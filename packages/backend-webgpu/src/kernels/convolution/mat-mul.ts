import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Kernel } from '../../kernel.ts';
import { multiply } from './multiply.ts';

interface MatMulAttributes {
  transposeA: boolean;
  transposeB: boolean;
  activation: 'linear' | 'relu';
}

/** y = act(op(a) op(b) + bias) */
export const matMul: Kernel = {
  name: 'striate.MatMul',
  run({ inputs, attributes, gpu }) {
    const { a, b, bias } = inputs as { a: TensorInfo; b: TensorInfo; bias?: TensorInfo };
    const { transposeA, transposeB, activation } = attributes as unknown as MatMulAttributes;
    return multiply(gpu, { a, b, bias }, { transposeA, transposeB, relu: activation === 'relu' });
  },
};
