import {
  OptionError,
  ShapeError,
  checkPadding,
  ops,
  toPair,
  windowGeometry,
  type Initializer,
  type PaddingOption,
  type Pair,
  type Shape,
} from '@striate/core';
import { activateRest, checkActivation, fusedPart, type Activation } from '../activations.ts';
import { checkInitializer } from '../initial-values.ts';
import { imageInput, windowShape } from '../input-shapes.ts';
import { kernelAndBias } from '../kernel-and-bias.ts';
import { defineLayer, type LayerFunction, type LayerOptions } from '../layer-function.ts';
import { checkCounts, resolveOptions } from '../options.ts';

/** Options of {@link conv2d}. */
export interface Conv2dOptions extends LayerOptions {
  /** Number of output channels. */
  filters: number;
  /** Height and width of the window, or one number for both. */
  kernelSize: number | Pair;
  /** Step of the window. Default 1. */
  strides?: number | Pair;
  /** 'valid' (none), 'same', a number, [vertical, horizontal] or [top, bottom, left, right]. Default 'valid'. */
  padding?: PaddingOption;
  /** Distance between the kernel's pixels; 1, the default, leaves no gaps. */
  dilation?: number | Pair;
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
export function conv2d(options: Conv2dOptions): LayerFunction {
  const settings = resolveOptions('conv2d', options, ['filters', 'kernelSize'], {
    strides: 1,
    padding: 'valid',
    dilation: 1,
    groups: 1,
    activation: 'linear',
    useBias: true,
    kernelInitializer: { type: 'glorotUniform' },
    biasInitializer: { type: 'zeros' },
  });
  const { filters, kernelSize, strides, padding, dilation, groups, activation } = settings;
  checkCounts('conv2d', { filters, kernelSize, strides, dilation, groups });
  checkPadding('conv2d', padding);
  checkActivation('conv2d', activation);
  checkInitializer('conv2d', 'kernelInitializer', settings.kernelInitializer);
  checkInitializer('conv2d', 'biasInitializer', settings.biasInitializer);
  if (filters % groups !== 0) {
    throw new OptionError(
      `conv2d: ${filters} filters cannot be cut into ${groups} groups. Make filters a multiple of groups.`,
    );
  }
  const window = { kernelSize: toPair(kernelSize), strides: toPair(strides), padding, dilations: toPair(dilation) };

  const kernelShape = (inputs: readonly Shape[]): number[] => {
    const [, , channels] = imageInput('conv2d', inputs);
    if (channels % groups !== 0) {
      throw new ShapeError(
        `conv2d: x has ${channels} channels, but they cannot be cut into ${groups} groups. Choose groups that divide both.`,
      );
    }
    return [...window.kernelSize, channels / groups, filters];
  };
  const outputShape = (inputs: readonly Shape[]): Shape => [
    ...windowShape('conv2d', imageInput('conv2d', inputs), window),
    filters,
  ];

  return defineLayer({
    type: 'conv2d',
    options: settings,
    outputShapes(inputs) {
      kernelShape(inputs);
      return [outputShape(inputs)];
    },
    parameters: (inputs) => kernelAndBias(kernelShape(inputs), settings),
    multiplyAdds: (inputs) =>
      [...outputShape(inputs).slice(0, 2), ...kernelShape(inputs)].reduce<number>(
        (product, size) => product * size!,
        1,
      ),
    apply([x], { kernel, bias }) {
      const geometry = windowGeometry('conv2d', { ...window, size: [x!.shape[1]!, x!.shape[2]!] });
      const { strides: steps, dilations } = window;
      const y = ops.conv2d(
        { x: x!, kernel: kernel!, ...(bias && { bias }) },
        { strides: steps, padding: geometry.padding, dilations, groups, activation: fusedPart(activation) },
      );
      return { outputs: [activateRest(y, activation)] };
    },
  });
}
