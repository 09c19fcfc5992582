import { ShapeError, option, type Initializer, type Kind, type Shape } from '@striate/core';
import { activationOption, type Activation } from '../activations.ts';
import { convolutionWindow, convolutionWindowOptions, type ConvolutionWindowOptions } from '../convolution-window.ts';
import { convolveImage } from '../convolve-image.ts';
import { dataFormatOfImages, imageOf, inFormat, type DataFormat } from '../data-format.ts';
import {
  kernelAndBias,
  kernelAndBiasOptions,
  regularizationOptions,
  withActivityPenalty,
  type RegularizationOptions,
} from '../kernel-and-bias.ts';
import { kernelTraits, linearIn } from '../kernel-traits.ts';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { slidingWindow } from '../window.ts';

/** Options of {@link conv2d}. */
export interface Conv2dOptions extends LayerOptions, ConvolutionWindowOptions, RegularizationOptions {
  /** Number of output channels. */
  filters: number;
  /** Input and output channels are cut into so many groups, each convolved by itself. Default 1. */
  groups?: number;
  /** Default 'linear'. */
  activation?: Activation;
  /** Default true. */
  useBias?: boolean;
  /** Default glorotUniform. */
  kernelInitializer?: Initializer;
  /** Default zeros. */
  biasInitializer?: Initializer;
  /** Order of the axes that come in and go out: 'channelsLast' [H, W, C], the default, or 'channelsFirst' [C, H, W]. */
  dataFormat?: DataFormat;
}

/**
 * Two-dimensional convolution (cross-correlation, as everywhere in deep learning):
 *
 *   y[i, j, f] = activation(bias[f] + sum over u, v, c of x[i s + u d - p, j s + v d - p, c] kernel[u, v, c, f])
 *
 * with stride s, dilation d, padding p. Shapes: x [N, H, W, C], kernel [kh, kw, C / groups, filters],
 * bias [filters], y [N, H', W', filters] where H' = floor((H + 2p - d (kh - 1) - 1) / s) + 1.
 *
 * Source: LeCun et al. 1998, "Gradient-based learning applied to document recognition".
 *
 * @throws {OptionError} for impossible options, such as groups that do not divide the filters
 * @throws {ShapeError} when a model is made, if the window does not fit or the groups do not divide the channels
 * @example
 * const x = input([28, 28, 1]);
 * const y = conv2d({ filters: 32, kernelSize: 3, activation: 'relu' })(x); // [26, 26, 32]
 */
export const conv2d: Kind<Conv2dOptions, LayerFunction> = layerKind({
  type: 'conv2d',
  doc: 'Two-dimensional convolution.',
  options: {
    filters: option.count({ doc: 'Number of output channels.', example: 16 }),
    ...convolutionWindowOptions,
    groups: option.count({ doc: 'Input and output channels are cut into so many groups, each by itself.', default: 1 }),
    activation: activationOption,
    ...kernelAndBiasOptions,
    ...regularizationOptions,
    dataFormat: dataFormatOfImages,
  },
  refuse: ({ filters, groups }) =>
    filters % groups === 0
      ? undefined
      : `${filters} filters cannot be cut into ${groups} groups. Make filters a multiple of groups`,
  make(settings) {
    const { filters, groups, activation, dataFormat } = settings;
    const window = convolutionWindow('conv2d', settings);

    const kernelShape = (inputs: readonly Shape[]): number[] => {
      const [, , channels] = imageOf('conv2d', inputs, dataFormat);
      if (channels % groups !== 0) {
        throw new ShapeError(
          `conv2d: x has ${channels} channels, but they cannot be cut into ${groups} groups. Choose groups that divide both.`,
        );
      }
      return [...window.kernelSize, channels / groups, filters];
    };
    const places = (inputs: readonly Shape[]): [number | null, number | null] =>
      window.places(imageOf('conv2d', inputs, dataFormat));

    return {
      ...kernelTraits(conv2d, settings),
      ...linearIn('kernel', conv2d, settings, dataFormat === 'channelsFirst' ? 1 : -1),
      takesResidual: true,
      channelsFirst: dataFormat === 'channelsFirst',
      window: slidingWindow(settings),
      outputShapes(inputs) {
        kernelShape(inputs);
        return [inFormat([...places(inputs), filters], dataFormat)];
      },
      parameters: (inputs) => kernelAndBias(kernelShape(inputs), settings),
      multiplyAdds: (inputs) =>
        [...places(inputs), ...kernelShape(inputs)].reduce<number>((product, size) => product * size!, 1),
      apply([x, residual], { kernel, bias }, context) {
        const operands = { kernel: kernel!, bias, residual };
        const y = convolveImage(x!, operands, { window, groups, activation, dataFormat });
        return withActivityPenalty(y, settings, context);
      },
    };
  },
});
