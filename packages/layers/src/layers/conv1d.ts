import {
  ShapeError,
  ops,
  option,
  sizeOf,
  tidy,
  type Initializer,
  type Kind,
  type Padding,
  type PaddingMode,
  type Pair,
  type Shape,
} from '@striate/core';
import { activationOption, type Activation } from '../activations.ts';
import { convolutionWindow, paddingModeOption } from '../convolution-window.ts';
import { convolveImage } from '../convolve-image.ts';
import { formatShape, knownSize, onlyInput } from '../input-shapes.ts';
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

/** How a one-dimensional window may treat the ends: 'causal' puts all padding before, so that y[i] sees nothing behind x[i]. */
export type Padding1d = 'valid' | 'same' | 'causal' | number | Pair;

/** Options of {@link conv1d}. */
export interface Conv1dOptions extends LayerOptions, RegularizationOptions {
  /** Number of output channels. */
  filters: number;
  /** Length of the window. */
  kernelSize: number;
  /** Step of the window. Default 1. */
  strides?: number;
  /** 'valid' (none), 'same', 'causal', a number or [before, behind]. Default 'valid'. */
  padding?: Padding1d;
  /** What the padding holds: 'zeros', 'reflect', 'symmetric', 'replicate' or 'circular'. Default 'zeros'. */
  paddingMode?: PaddingMode;
  /** Distance between the kernel's places; 1, the default, leaves no gaps. */
  dilation?: number;
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
}

/**
 * Convolution of a signal (cross-correlation; a kernel in reverse order makes it a convolution as mathematics defines it):
 *
 *   y[i, f] = activation(bias[f] + sum over u, c of x[i s + u d - p, c] kernel[u, c, f])
 *
 * Shapes: x [N, L, C], kernel [k, C / groups, filters], bias [filters], y [N, L', filters] where
 * L' = floor((L + 2p - d (k - 1) - 1) / s) + 1. It is a {@link conv2d} of images one pixel high.
 *
 * @throws {OptionError} for impossible options, such as groups that do not divide the filters
 * @throws {ShapeError} when a model is made, if the window does not fit or the groups do not divide the channels
 * @example
 * const x = input([100, 1]);
 * const y = conv1d({ filters: 8, kernelSize: 5, padding: 'same' })(x); // [100, 8]
 */
export const conv1d: Kind<Conv1dOptions, LayerFunction> = layerKind({
  type: 'conv1d',
  doc: 'Convolution of a signal.',
  options: {
    filters: option.count({ doc: 'Number of output channels.', example: 16 }),
    kernelSize: option.count({ doc: 'Length of the window.', example: 3 }),
    strides: option.count({ doc: 'Step of the window.', default: 1 }),
    padding: option.value<Padding1d, 'valid'>({
      doc: "Places at the ends: 'valid' (none), 'same', 'causal' (all before), a number or [before, behind].",
      wanted: "'valid', 'same', 'causal', a whole number or [before, behind]",
      fits: isPadding,
      default: 'valid',
    }),
    paddingMode: paddingModeOption,
    dilation: option.count({ doc: "Distance between the kernel's places; 1 leaves no gaps.", default: 1 }),
    groups: option.count({ doc: 'Input and output channels are cut into so many groups, each by itself.', default: 1 }),
    activation: activationOption,
    ...kernelAndBiasOptions,
    ...regularizationOptions,
  },
  refuse: ({ filters, groups }) =>
    filters % groups === 0
      ? undefined
      : `${filters} filters cannot be cut into ${groups} groups. Make filters a multiple of groups`,
  make(settings) {
    const where = 'conv1d';
    const { filters, kernelSize, strides, padding, paddingMode, dilation, groups, activation } = settings;
    const window = convolutionWindow(where, {
      kernelSize: [1, kernelSize],
      strides: [1, strides],
      dilation: [1, dilation],
      padding: padding === 'valid' || padding === 'same' ? padding : rowPadding(settings),
      paddingMode,
    });

    const signal = (inputs: readonly Shape[]): { length: number | null; channels: number } => {
      const shape = onlyInput(where, inputs);
      if (shape.length !== 2) {
        throw new ShapeError(
          `${where}: x is ${formatShape(shape)} with ${shape.length} axes, but a signal has 2: [L, C]. Leave the batch axis out; a single curve is [L, 1].`,
        );
      }
      return { length: shape[0]!, channels: knownSize(where, shape) };
    };
    const places = (inputs: readonly Shape[]): number | null => {
      const { length, channels } = signal(inputs);
      return window.places([1, length, channels])[1];
    };
    const kernelShape = (inputs: readonly Shape[]): number[] => {
      const { channels } = signal(inputs);
      if (channels % groups !== 0) {
        throw new ShapeError(
          `${where}: x has ${channels} channels, but they cannot be cut into ${groups} groups. Choose groups that divide both.`,
        );
      }
      return [kernelSize, channels / groups, filters];
    };

    return {
      ...kernelTraits(conv1d, settings),
      ...linearIn('kernel', conv1d, settings),
      window: slidingWindow(settings),
      outputShapes(inputs) {
        kernelShape(inputs);
        return [[places(inputs), filters]];
      },
      parameters: (inputs) => kernelAndBias(kernelShape(inputs), settings),
      multiplyAdds: (inputs) => sizeOf([places(inputs)!, ...kernelShape(inputs)]),
      apply([x], { kernel, bias }, context) {
        const y = tidy(() => {
          const [batch, length, channels] = x!.shape as [number, number, number];
          const image = ops.reshape(x!, [batch, 1, length, channels]);
          const filter = ops.reshape(kernel!, [1, ...kernel!.shape]);
          const how = { window, groups, activation, dataFormat: 'channelsLast' } as const;
          const row = convolveImage(image, { kernel: filter, bias }, how);
          return ops.reshape(row, [batch, row.shape[2]!, filters]);
        });
        return withActivityPenalty(y, settings, context);
      },
    };
  },
});

const isCount = (side: unknown): boolean => Number.isInteger(side) && (side as number) >= 0;

function isPadding(padding: unknown): boolean {
  if (Array.isArray(padding)) return padding.length === 2 && padding.every(isCount);
  return ['valid', 'same', 'causal'].includes(padding as string) || isCount(padding);
}

/** The padding of a signal as that of an image one pixel high. */
function rowPadding({
  padding,
  kernelSize,
  dilation,
}: Required<Pick<Conv1dOptions, 'padding' | 'kernelSize' | 'dilation'>>): Padding {
  if (padding === 'causal') return [0, 0, dilation * (kernelSize - 1), 0];
  const [before, behind] = Array.isArray(padding)
    ? (padding as unknown as Pair)
    : [padding as number, padding as number];
  return [0, 0, before, behind];
}
