import {
  ShapeError,
  describe,
  ops,
  option,
  outputSize,
  sizeOf,
  toPair,
  windowGeometry,
  type Initializer,
  type Kind,
  type Padding,
  type PaddingOption,
  type Pair,
  type Shape,
} from '@striate/core';
import { activateRest, activationOption, fusedPart, type Activation } from '../activations.ts';
import { kernelSizeOption, paddingOption } from '../convolution-window.ts';
import { dataFormatOfImages, imageOf, inFormat, withChannelsLast, type DataFormat } from '../data-format.ts';
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
import { transposedWindow } from '../window.ts';

/** Options of {@link conv2dTranspose}. */
export interface Conv2dTransposeOptions extends LayerOptions, RegularizationOptions {
  /** Number of output channels. */
  filters: number;
  /** Height and width of the window, or one number for both. */
  kernelSize: number | Pair;
  /** Distance of the windows in the output: how much larger it becomes. Default 1. */
  strides?: number | Pair;
  /**
   * What the convolution that this one turns round would pad its image by, and what is therefore cut off: 'valid'
   * (nothing), 'same' (the output is strides times the input), a number, [vertical, horizontal] or
   * [top, bottom, left, right]. Default 'valid'.
   */
  padding?: PaddingOption;
  /** Rows and columns more at the end, less than the strides. null: Keras' rule, see {@link conv2dTranspose}. Default null. */
  outputPadding?: number | Pair | null;
  /** Distance between the kernel's pixels; 1, the default, leaves no gaps. */
  dilation?: number | Pair;
  /** Input and output channels are cut into so many groups, each by itself. Default 1. */
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
 * Transposed convolution, which makes images larger: every input pixel adds its multiple of the kernel to a window of
 * the output; the windows are strides apart and overlap.
 *
 *   y[i s + u d - p, j s + v d - p, f] = activation(bias[f] + sum of all x[i, j, c] kernel[u, v, f, c] that fall there)
 *
 * Shapes: x [N, H, W, C], kernel [kh, kw, filters / groups, C], bias [filters], y [N, H', W', filters]. With
 * k = d (kh - 1) + 1, H' is
 *
 * | padding | outputPadding null | outputPadding a |
 * | --- | --- | --- |
 * | 'valid' | H s + max(0, k - s) | (H - 1) s + k + a |
 * | 'same' | H s | (H - 1) s + k - 2 floor(k / 2) + a |
 * | p before, q behind | (H - 1) s + k - p - q | (H - 1) s + k - p - q + a |
 *
 * The first two rows are Keras' rules, the third is PyTorch's.
 *
 * Source: Dumoulin and Visin 2016, "A guide to convolution arithmetic for deep learning", arXiv:1603.07285.
 *
 * @throws {OptionError} for impossible options, such as outputPadding that is not less than the strides
 * @throws {ShapeError} when a model is made, if padding leaves no output or the groups do not divide the channels
 * @example
 * const x = input([14, 14, 64]);
 * const y = conv2dTranspose({ filters: 32, kernelSize: 3, strides: 2, padding: 'same' })(x); // [28, 28, 32]
 */
export const conv2dTranspose: Kind<Conv2dTransposeOptions, LayerFunction> = layerKind({
  type: 'conv2dTranspose',
  doc: 'Transposed convolution, which makes images larger.',
  options: {
    filters: option.count({ doc: 'Number of output channels.', example: 16 }),
    kernelSize: kernelSizeOption,
    strides: option.pair({ doc: 'Distance of the windows in the output: how much larger it becomes.', default: 1 }),
    padding: paddingOption,
    outputPadding: option.value<number | Pair | null, null>({
      doc: "Rows and columns more at the end, less than the strides; null: Keras' rule.",
      wanted: 'null, or whole numbers of at least 0 that are less than the strides',
      fits: (extra) =>
        extra === null || (Array.isArray(extra) ? extra.length === 2 && extra.every(isCount) : isCount(extra)),
      default: null,
    }),
    dilation: option.pair({ doc: "Distance between the kernel's pixels; 1 leaves no gaps.", default: 1 }),
    groups: option.count({ doc: 'Input and output channels are cut into so many groups, each by itself.', default: 1 }),
    activation: activationOption,
    ...kernelAndBiasOptions,
    ...regularizationOptions,
    dataFormat: dataFormatOfImages,
  },
  refuse({ filters, groups, outputPadding, strides }) {
    if (outputPadding !== null && toPair(outputPadding).some((extra, axis) => extra >= toPair(strides)[axis]!))
      return `outputPadding is ${describe(outputPadding)} and strides ${describe(strides)}, but it must be null, or whole numbers of at least 0 that are less than the strides`;
    if (filters % groups === 0) return undefined;
    return `${filters} filters cannot be cut into ${groups} groups. Make filters a multiple of groups`;
  },
  make(settings) {
    const where = 'conv2dTranspose';
    const { filters, kernelSize, strides, dilation, groups, activation, dataFormat } = settings;

    const kernelShape = (inputs: readonly Shape[]): number[] => {
      const [, , channels] = imageOf(where, inputs, dataFormat);
      if (channels % groups !== 0) {
        throw new ShapeError(
          `${where}: x has ${channels} channels, but they cannot be cut into ${groups} groups. Choose groups that divide both.`,
        );
      }
      return [...toPair(kernelSize), filters / groups, channels];
    };

    return {
      ...kernelTraits(conv2dTranspose, settings),
      channelsFirst: dataFormat === 'channelsFirst',
      window: transposedWindow(settings),
      outputShapes(inputs) {
        kernelShape(inputs);
        const [height, width] = imageOf(where, inputs, dataFormat);
        const { size } = transposedGeometry(where, [height ?? 1, width ?? 1], settings);
        return [inFormat([height === null ? null : size[0], width === null ? null : size[1], filters], dataFormat)];
      },
      parameters: (inputs) => kernelAndBias(kernelShape(inputs), settings, { biasShape: [filters] }),
      multiplyAdds(inputs) {
        const [height, width] = imageOf(where, inputs, dataFormat);
        return sizeOf([height!, width!, ...kernelShape(inputs)]);
      },
      apply([x], { kernel, bias }, context) {
        const y = withChannelsLast(x!, dataFormat, (image) => {
          const { size, padding } = transposedGeometry(where, [image.shape[1]!, image.shape[2]!], settings);
          const attributes = {
            outputSize: size,
            strides: toPair(strides),
            padding,
            dilations: toPair(dilation),
            groups,
            activation: fusedPart(activation),
          };
          return activateRest(ops.conv2dTranspose({ x: image, kernel: kernel!, bias }, attributes), activation);
        });
        return withActivityPenalty(y, settings, context);
      },
    };
  },
});

type Sizes = Required<
  Pick<Conv2dTransposeOptions, 'kernelSize' | 'strides' | 'padding' | 'outputPadding' | 'dilation'>
>;

/** Size of the output, and the padding of the convolution that leads back from it. */
function transposedGeometry(
  where: string,
  input: Pair,
  { kernelSize, strides, padding, outputPadding, dilation }: Sizes,
): { size: Pair; padding: Padding } {
  const sides =
    typeof padding === 'string'
      ? undefined
      : windowGeometry(where, { size: [2 ** 31, 2 ** 31], kernelSize: [1, 1], padding }).padding;
  const axes = ([0, 1] as const).map((axis) => {
    const stride = toPair(strides)[axis];
    const window = { kernel: toPair(kernelSize)[axis], stride, dilation: toPair(dilation)[axis] };
    const reach = window.dilation * (window.kernel - 1) + 1;
    const extra = outputPadding === null ? undefined : toPair(outputPadding)[axis];
    const whole = (input[axis] - 1) * stride + reach;
    const cut = sides && [sides[axis * 2]!, sides[axis * 2 + 1]!];
    const size = cut
      ? whole - cut[0]! - cut[1]! + (extra ?? 0)
      : padding === 'valid'
        ? whole + (extra ?? Math.max(0, stride - reach))
        : extra === undefined
          ? input[axis] * stride
          : whole - 2 * Math.floor(reach / 2) + extra;
    const rest = Math.max(0, whole - size);
    const [before, after] = cut ?? (padding === 'valid' ? [0, 0] : [Math.floor(rest / 2), Math.ceil(rest / 2)]);
    if (size < 1 || outputSize({ input: size, padding: before! + after!, ...window }) !== input[axis]) {
      throw new ShapeError(
        `${where}: ${axis === 0 ? 'rows' : 'columns'}: ${input[axis]} places with a window of ${reach}, strides ${stride}, padding ${describe(padding)} and outputPadding ${describe(outputPadding)} would give ${size}, from which no such convolution leads back to ${input[axis]}. Use less padding or another outputPadding.`,
      );
    }
    return { size, before: before!, after: after! };
  });
  const [rows, columns] = axes as [(typeof axes)[number], (typeof axes)[number]];
  return { size: [rows.size, columns.size], padding: [rows.before, rows.after, columns.before, columns.after] };
}

const isCount = (extra: unknown): boolean => Number.isInteger(extra) && (extra as number) >= 0;
