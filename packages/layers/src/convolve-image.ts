import { ops, type Tensor } from '@striate/core';
import { activateRest, fusedPart, type Activation } from './activations.ts';
import type { ConvolutionWindow } from './convolution-window.ts';
import { withChannelsLast, type DataFormat } from './data-format.ts';

/** How a layer convolves. */
export interface ImageConvolution {
  window: ConvolutionWindow;
  groups: number;
  activation: Activation;
  dataFormat: DataFormat;
}

/** A convolution as layers compute it: in their data format, padded by their mode, followed by their activation. */
export function convolveImage(
  x: Tensor,
  { kernel, bias }: { kernel: Tensor; bias?: Tensor | undefined },
  { window, groups, activation, dataFormat }: ImageConvolution,
): Tensor {
  const { strides, dilations } = window;
  return withChannelsLast(x, dataFormat, (nhwc) =>
    window.over(nhwc, (image, padding) => {
      const attributes = { strides, padding, dilations, groups, activation: fusedPart(activation) };
      return activateRest(ops.conv2d({ x: image, kernel, bias }, attributes), activation);
    }),
  );
}
