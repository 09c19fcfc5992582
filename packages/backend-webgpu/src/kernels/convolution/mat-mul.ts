import { ops } from '@striate/core/backend';
import { defineKernel, type Kernel } from '../../kernel.ts';
import { multiply } from './multiply.ts';

/** y = act(op(a) op(b) + bias) */
export const matMul: Kernel = defineKernel(ops.matMul, {
  run({ inputs, attributes, gpu }) {
    const { a, b, bias } = inputs;
    const { transposeA, transposeB, activation } = attributes;
    return multiply(gpu, { a, b, bias }, { transposeA, transposeB, relu: activation === 'relu' });
  },
});
