import { ops } from '@striate/core/backend';
import { defineKernel, type Kernel } from '../kernel.ts';
import { inputGradient } from './conv2d-input-gradient.ts';
import { windowsOf, winogradGeometry, type ConvolutionWindows } from './conv2d.ts';
import { winogradInputGradient, winogradPays } from './winograd.ts';

/** y = act(bias + the input gradient of a convolution from y to x) */
export const conv2dTranspose: Kernel = defineKernel(ops.conv2dTranspose, {
  run({ inputs, attributes, backend }) {
    const { outputSize, groups, activation } = attributes;
    const shape = [inputs.x.shape[0]!, ...outputSize, inputs.kernel.shape[2]! * groups];
    const windows = summing(windowsOf(shape, inputs.kernel.shape, attributes));
    const y = backend.output(shape);
    const tensors = {
      dy: backend.address(inputs.x),
      kernel: backend.address(inputs.kernel),
      bias: inputs.bias && backend.address(inputs.bias),
      dx: backend.address(y),
      relu: activation === 'relu',
    };
    const winograd = backend.winograd ? winogradGeometry(windows, attributes) : undefined;
    if (winograd && winogradPays('inputGradient', winograd)) winogradInputGradient(backend, winograd, tensors);
    else inputGradient(backend, windows, tensors);
    return y;
  },
});

/** Copies of channels would be added after bias and activation: groups add them before. */
function summing(windows: ConvolutionWindows): ConvolutionWindows {
  const { copies, filters } = windows;
  if (copies === 1) return windows;
  return { ...windows, groups: filters / copies, channels: 1, filters: copies, depthwise: false, copies: 1 };
}
