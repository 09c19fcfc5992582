import { ops, type Tensor } from '@striate/core';
import { activateRest, fusedPart, type Activation } from './activations.ts';
import type { ConvolutionWindow } from './convolution-window.ts';
import { toChannelsLast, withChannelsLast, type DataFormat } from './data-format.ts';

/** How a layer convolves. */
export interface ImageConvolution {
  window: ConvolutionWindow;
  groups: number;
  activation: Activation;
  dataFormat: DataFormat;
}

/**
 * A convolution as layers compute it: in their data format, padded by their mode, with a residual that is added, if there
 * is one, followed by their activation.
 */
export function convolveImage(
  x: Tensor,
  { kernel, bias, residual }: { kernel: Tensor; bias?: Tensor | undefined; residual?: Tensor | undefined },
  { window, groups, activation, dataFormat }: ImageConvolution,
): Tensor {
  const { strides, dilations } = window;
  return withChannelsLast(x, dataFormat, (nhwc) =>
    window.over(nhwc, (image, padding) => {
      const attributes = { strides, padding, dilations, groups, activation: fusedPart(activation) };
      if (!residual) return activateRest(ops.conv2d({ x: image, kernel, bias }, attributes), activation);
      const added = toChannelsLast(residual, dataFormat);
      return activateRest(ops.residualConv2d({ x: image, kernel, bias, residual: added }, attributes), activation);
    }),
  );
}
