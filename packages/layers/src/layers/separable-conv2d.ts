import { ops, option, sizeOf, tidy, type Initializer, type Kind, type ParameterSpec, type Shape } from '@striate/core';
import { activateRest, activationOption, fusedPart, type Activation } from '../activations.ts';
import { convolutionWindow, convolutionWindowOptions, type ConvolutionWindowOptions } from '../convolution-window.ts';
import { convolveImage } from '../convolve-image.ts';
import { dataFormatOfImages, imageOf, inFormat, withChannelsLast, type DataFormat } from '../data-format.ts';
import {
  channelFilters,
  depthwiseOptional,
  kernelOptions,
  pointwiseOptional,
  type DepthwiseKernelOptions,
  type PointwiseKernelOptions,
} from '../depthwise-kernel.ts';
import { initializerOption } from '../initial-values.ts';
import { glorotUniform } from '../initializers/index.ts';
import { kernelAndBias, kernelAndBiasOptions, withActivityPenalty } from '../kernel-and-bias.ts';
import { kernelTraits, linearIn } from '../kernel-traits.ts';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { slidingWindow } from '../window.ts';

/** Options of {@link separableConv2d}. */
export interface SeparableConv2dOptions
  extends LayerOptions, ConvolutionWindowOptions, DepthwiseKernelOptions, PointwiseKernelOptions {
  /** Number of output channels. */
  filters: number;
  /** Filters of each channel in the depthwise part. Default 1. */
  depthMultiplier?: number;
  /** Of the sum, after the pointwise part. Default 'linear'. */
  activation?: Activation;
  /** Default true. */
  useBias?: boolean;
  /** Default zeros. */
  biasInitializer?: Initializer;
  /** Order of the axes that come in and go out: 'channelsLast' [H, W, C], the default, or 'channelsFirst' [C, H, W]. */
  dataFormat?: DataFormat;
}

/**
 * A depthwise convolution, which looks at every channel by itself, and a 1x1 convolution of what it gives, which mixes
 * them: y = activation(bias + pointwise(depthwise(x))). Strides, padding and dilation are the depthwise part's.
 * A 3x3 one has kh kw C m + C m F weights where a convolution has kh kw C F.
 *
 * Shapes: x [N, H, W, C], depthwiseKernel [kh, kw, C, m], pointwiseKernel [1, 1, C m, filters], bias [filters],
 * y [N, H', W', filters], H' as in {@link conv2d}.
 *
 * Source: Chollet 2017, "Xception: Deep learning with depthwise separable convolutions", arXiv:1610.02357.
 *
 * @throws {OptionError} for impossible options
 * @throws {ShapeError} when a model is made, if the window does not fit
 * @example
 * const x = input([28, 28, 32]);
 * const y = separableConv2d({ filters: 64, kernelSize: 3, padding: 'same' })(x); // [28, 28, 64]
 */
export const separableConv2d: Kind<SeparableConv2dOptions, LayerFunction> = layerKind({
  type: 'separableConv2d',
  doc: 'A depthwise convolution and one of 1x1, which mixes the channels.',
  options: {
    filters: option.count({ doc: 'Number of output channels.', example: 16 }),
    ...convolutionWindowOptions,
    depthMultiplier: option.count({ doc: 'Filters of each channel in the depthwise part.', default: 1 }),
    activation: activationOption,
    depthwiseInitializer: initializerOption('First values of the depthwise kernel.', glorotUniform()),
    pointwiseInitializer: initializerOption('First values of the pointwise kernel.', glorotUniform()),
    useBias: kernelAndBiasOptions.useBias,
    biasInitializer: kernelAndBiasOptions.biasInitializer,
    ...depthwiseOptional,
    ...pointwiseOptional,
    dataFormat: dataFormatOfImages,
  },
  make(settings) {
    const where = 'separableConv2d';
    const { filters, depthMultiplier, activation, dataFormat } = settings;
    const window = convolutionWindow(where, settings);

    const channelsOf = (inputs: readonly Shape[]): number => imageOf(where, inputs, dataFormat)[2];
    const places = (inputs: readonly Shape[]): [number | null, number | null] =>
      window.places(imageOf(where, inputs, dataFormat));

    return {
      ...kernelTraits(separableConv2d, settings, ['depthwise', 'pointwise']),
      ...linearIn('pointwiseKernel', separableConv2d, settings, dataFormat === 'channelsFirst' ? 1 : -1),
      channelsFirst: dataFormat === 'channelsFirst',
      window: slidingWindow(settings),
      outputShapes: (inputs) => [inFormat([...places(inputs), filters], dataFormat)],
      parameters(inputs): Record<string, ParameterSpec> {
        const channels = channelsOf(inputs);
        const { kernel: depthwiseKernel } = kernelAndBias(
          [...window.kernelSize, channels, depthMultiplier],
          { ...kernelOptions('depthwise', settings), useBias: false },
          { fanIn: sizeOf(window.kernelSize) },
        );
        const { kernel: pointwiseKernel, ...bias } = kernelAndBias(
          [1, 1, channels * depthMultiplier, filters],
          kernelOptions('pointwise', settings),
        );
        return { depthwiseKernel: depthwiseKernel!, pointwiseKernel: pointwiseKernel!, ...bias };
      },
      multiplyAdds: (inputs) =>
        sizeOf([...(places(inputs) as number[]), channelsOf(inputs), depthMultiplier]) *
        (sizeOf(window.kernelSize) + filters),
      apply([x], { depthwiseKernel, pointwiseKernel, bias }, context) {
        const groups = depthwiseKernel!.shape[2]!;
        const alone = { window, groups, activation: 'linear', dataFormat: 'channelsLast' } as const;
        const y = withChannelsLast(x!, dataFormat, (image) =>
          tidy(() => {
            const mixed = ops.conv2d(
              {
                x: convolveImage(image, { kernel: channelFilters(depthwiseKernel!) }, alone),
                kernel: pointwiseKernel!,
                bias,
              },
              {
                strides: [1, 1],
                padding: [0, 0, 0, 0],
                dilations: [1, 1],
                groups: 1,
                activation: fusedPart(activation),
              },
            );
            return activateRest(mixed, activation);
          }),
        );
        return withActivityPenalty(y, settings, context);
      },
    };
  },
});
