import { ops } from '@striate/core/backend';
import { defineKernel, type Kernel } from '../../kernel.ts';
import { inputGradient } from './conv2d-input-gradient.ts';
import { geometryOf } from './geometry.ts';

/** A convolution's input gradient as a forward pass: x stands for dy, and y for dx. */
export const conv2dTranspose: Kernel = defineKernel(ops.conv2dTranspose, {
  run({ inputs, attributes, gpu }) {
    const { x, kernel, bias } = inputs;
    const { outputSize, activation, ...window } = attributes;
    const y = gpu.output([x.shape[0]!, ...outputSize, kernel.shape[2]! * window.groups]);
    const relu = activation === 'relu';
    inputGradient(gpu, geometryOf(y.shape, kernel.shape, window), { dy: x, kernel, bias, relu, dx: y });
    return y;
  },
});
