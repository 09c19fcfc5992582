import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Kernel } from '../../kernel.ts';
import { inputGradient } from './conv2d-input-gradient.ts';
import { geometryOf, type ConvolutionAttributes } from './geometry.ts';

type Attributes = ConvolutionAttributes & { outputSize: readonly [number, number]; activation: string };

/** A convolution's input gradient as a forward pass: x stands for dy, and y for dx. */
export const conv2dTranspose: Kernel = {
  name: 'striate.Conv2dTranspose',
  run({ inputs, attributes, gpu }) {
    const { x, kernel, bias } = inputs as { x: TensorInfo; kernel: TensorInfo; bias?: TensorInfo };
    const { outputSize, activation, ...window } = attributes as unknown as Attributes;
    const y = gpu.output([x.shape[0]!, ...outputSize, kernel.shape[2]! * window.groups]);
    const relu = activation === 'relu';
    inputGradient(gpu, geometryOf(y.shape, kernel.shape, window), { dy: x, kernel, bias, relu, dx: y });
    return y;
  },
};
