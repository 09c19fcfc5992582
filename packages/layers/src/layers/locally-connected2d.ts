import {
  ShapeError,
  ops,
  option,
  sizeOf,
  toPair,
  windowGeometry,
  type Initializer,
  type Kind,
  type PaddingOption,
  type Pair,
  type Shape,
} from '@striate/core';
import { activateRest, activationOption, fusedPart, type Activation } from '../activations.ts';
import { kernelSizeOption, paddingOption } from '../convolution-window.ts';
import { dataFormatOfImages, imageOf, inFormat, withChannelsLast, type DataFormat } from '../data-format.ts';
import { formatShape, windowShape } from '../input-shapes.ts';
import {
  kernelAndBias,
  kernelAndBiasOptions,
  regularizationOptions,
  withActivityPenalty,
  type RegularizationOptions,
} from '../kernel-and-bias.ts';
import { kernelTraits } from '../kernel-traits.ts';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { slidingWindow } from '../window.ts';

/** Options of {@link locallyConnected2d}. */
export interface LocallyConnected2dOptions extends LayerOptions, RegularizationOptions {
  /** Number of output channels. */
  filters: number;
  /** Height and width of the window, or one number for both. */
  kernelSize: number | Pair;
  /** Step of the window. Default 1. */
  strides?: number | Pair;
  /** 'valid' (none), 'same', a number, [vertical, horizontal] or [top, bottom, left, right]. Default 'valid'. */
  padding?: PaddingOption;
  /** Default 'linear'. */
  activation?: Activation;
  /** Default true: one for each place and filter. */
  useBias?: boolean;
  /** Default glorotUniform. As in Keras, its fans count all places, which makes first weights small. */
  kernelInitializer?: Initializer;
  /** Default zeros. */
  biasInitializer?: Initializer;
  /** Order of the axes that come in and go out: 'channelsLast' [H, W, C], the default, or 'channelsFirst' [C, H, W]. */
  dataFormat?: DataFormat;
}

/**
 * A convolution without shared weights: every place of the window has weights and biases of its own.
 *
 *   y[i, j, f] = activation(bias[i, j, f] + sum over u, v, c of x[i s + u - p, j s + v - p, c] kernel[i W' + j, (u kw + v) C + c, f])
 *
 * Shapes: x [N, H, W, C], kernel [H' W', kh kw C, filters], bias [H', W', filters], y [N, H', W', filters], H' as in
 * {@link conv2d}; height and width must be known. The kernel's shape is that of Keras 2.
 *
 * A convolution of the same window has H' W' times fewer weights: AlexNet's first layer 34,944 instead of 105,705,600.
 *
 * Source: LeCun 1989, "Generalization and network design strategies".
 *
 * @throws {OptionError} for impossible options
 * @throws {ShapeError} when a model is made, if the window does not fit or the image's size is not known
 * @example
 * const x = input([12, 12, 8]);
 * const y = locallyConnected2d({ filters: 4, kernelSize: 3 })(x); // [10, 10, 4]
 */
export const locallyConnected2d: Kind<LocallyConnected2dOptions, LayerFunction> = layerKind({
  type: 'locallyConnected2d',
  doc: 'A convolution without shared weights.',
  options: {
    filters: option.count({ doc: 'Number of output channels.', example: 16 }),
    kernelSize: kernelSizeOption,
    strides: option.pair({ doc: 'Step of the window.', default: 1 }),
    padding: paddingOption,
    activation: activationOption,
    ...kernelAndBiasOptions,
    ...regularizationOptions,
    dataFormat: dataFormatOfImages,
  },
  make(settings) {
    const where = 'locallyConnected2d';
    const { filters, padding, activation, dataFormat } = settings;
    const window = { kernelSize: toPair(settings.kernelSize), strides: toPair(settings.strides) };

    const geometry = (inputs: readonly Shape[]): { places: Pair; fanIn: number } => {
      const image = imageOf(where, inputs, dataFormat);
      const [rows, columns] = windowShape(where, image, { ...window, padding });
      if (rows === null || columns === null) {
        throw new ShapeError(
          `${where}: x is ${formatShape(inputs[0]!)}, but height and width must be known: there are weights for every place.`,
        );
      }
      return { places: [rows, columns], fanIn: sizeOf(window.kernelSize) * image[2] };
    };

    return {
      ...kernelTraits(locallyConnected2d, settings),
      channelsFirst: dataFormat === 'channelsFirst',
      window: slidingWindow(settings),
      outputShapes: (inputs) => [inFormat([...geometry(inputs).places, filters], dataFormat)],
      parameters(inputs) {
        const { places, fanIn } = geometry(inputs);
        return kernelAndBias([sizeOf(places), fanIn, filters], settings, { biasShape: [...places, filters], fanIn });
      },
      multiplyAdds(inputs) {
        const { places, fanIn } = geometry(inputs);
        return sizeOf([...places, fanIn, filters]);
      },
      apply([x], { kernel, bias }, context) {
        const y = withChannelsLast(x!, dataFormat, (image) => {
          const size: Pair = [image.shape[1]!, image.shape[2]!];
          const sides = windowGeometry(where, { ...window, padding, size }).padding;
          const attributes = { ...window, padding: sides, activation: fusedPart(activation) };
          return activateRest(ops.locallyConnected2d({ x: image, kernel: kernel!, bias }, attributes), activation);
        });
        return withActivityPenalty(y, settings, context);
      },
    };
  },
});
