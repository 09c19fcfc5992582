import { option, sizeOf, type Initializer, type Kind, type Shape } from '@striate/core';
import { activationOption, type Activation } from '../activations.ts';
import { convolutionWindow, convolutionWindowOptions, type ConvolutionWindowOptions } from '../convolution-window.ts';
import { convolveImage } from '../convolve-image.ts';
import { dataFormatOfImages, imageOf, inFormat, type DataFormat } from '../data-format.ts';
import { channelFilters, depthwiseOptional, kernelOptions, type DepthwiseKernelOptions } from '../depthwise-kernel.ts';
import { initializerOption } from '../initial-values.ts';
import { glorotUniform } from '../initializers/index.ts';
import { kernelAndBias, kernelAndBiasOptions, withActivityPenalty } from '../kernel-and-bias.ts';
import { kernelTraits, linearIn } from '../kernel-traits.ts';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { slidingWindow } from '../window.ts';

/** Options of {@link depthwiseConv2d}. */
export interface DepthwiseConv2dOptions extends LayerOptions, ConvolutionWindowOptions, DepthwiseKernelOptions {
  /** Filters of each channel. Default 1. */
  depthMultiplier?: number;
  /** Default 'linear'. */
  activation?: Activation;
  /** Default true. */
  useBias?: boolean;
  /** Default zeros. */
  biasInitializer?: Initializer;
  /** Order of the axes that come in and go out: 'channelsLast' [H, W, C], the default, or 'channelsFirst' [C, H, W]. */
  dataFormat?: DataFormat;
}

/**
 * A convolution of every channel by itself, with m = depthMultiplier filters each:
 *
 *   y[i, j, c m + q] = activation(bias[c m + q] + sum over u, v of x[i s + u d - p, j s + v d - p, c] kernel[u, v, c, q])
 *
 * Shapes: x [N, H, W, C], kernel [kh, kw, C, m], bias [C m], y [N, H', W', C m], H' as in {@link conv2d}.
 *
 * Source: Sifre 2014, "Rigid-motion scattering for image classification"; used by Xception and MobileNet.
 *
 * @throws {OptionError} for impossible options
 * @throws {ShapeError} when a model is made, if the window does not fit
 * @example
 * const x = input([112, 112, 64]);
 * const y = depthwiseConv2d({ kernelSize: 3, padding: 'same' })(x); // [112, 112, 64]
 */
export const depthwiseConv2d: Kind<DepthwiseConv2dOptions, LayerFunction> = layerKind({
  type: 'depthwiseConv2d',
  doc: 'A convolution of every channel by itself.',
  options: {
    ...convolutionWindowOptions,
    depthMultiplier: option.count({ doc: 'Filters of each channel.', default: 1 }),
    activation: activationOption,
    depthwiseInitializer: initializerOption('First values of the depthwise kernel.', glorotUniform()),
    useBias: kernelAndBiasOptions.useBias,
    biasInitializer: kernelAndBiasOptions.biasInitializer,
    ...depthwiseOptional,
    dataFormat: dataFormatOfImages,
  },
  make(settings) {
    const where = 'depthwiseConv2d';
    const { depthMultiplier, activation, dataFormat } = settings;
    const window = convolutionWindow(where, settings);

    const channelsOf = (inputs: readonly Shape[]): number => imageOf(where, inputs, dataFormat)[2];
    const places = (inputs: readonly Shape[]): [number | null, number | null] =>
      window.places(imageOf(where, inputs, dataFormat));

    return {
      ...kernelTraits(depthwiseConv2d, settings, ['depthwise']),
      ...linearIn('kernel', depthwiseConv2d, settings, dataFormat === 'channelsFirst' ? 1 : -1),
      channelsFirst: dataFormat === 'channelsFirst',
      window: slidingWindow(settings),
      outputShapes: (inputs) => [inFormat([...places(inputs), channelsOf(inputs) * depthMultiplier], dataFormat)],
      parameters(inputs) {
        const channels = channelsOf(inputs);
        return kernelAndBias([...window.kernelSize, channels, depthMultiplier], kernelOptions('depthwise', settings), {
          biasShape: [channels * depthMultiplier],
          fanIn: sizeOf(window.kernelSize),
        });
      },
      multiplyAdds: (inputs) =>
        sizeOf([...(places(inputs) as number[]), ...window.kernelSize, channelsOf(inputs), depthMultiplier]),
      apply([x], { kernel, bias }, context) {
        const filters = channelFilters(kernel!);
        const groups = kernel!.shape[2]!;
        const y = convolveImage(x!, { kernel: filters, bias }, { window, groups, activation, dataFormat });
        filters.dispose();
        return withActivityPenalty(y, settings, context);
      },
    };
  },
});
