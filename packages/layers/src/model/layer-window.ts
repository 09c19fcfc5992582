import { samePadding, toPair, type PaddingOption, type Pair, type Shape } from '@striate/core';
import { innerRecord, type LayerRecord } from '../make-layer.ts';

/** What one output pixel of a layer sees of its input, along one axis. */
export interface AxisWindow {
  /** Pixels from the first to the last. */
  reach: number;
  /** Input pixels from one output pixel to the next; less than 1 where the image grows. */
  stride: number;
  /** Middle of what the first output pixel sees, in input pixels counted from 0. */
  middle: number;
}

/** Options that layers with windows share, in this package and others: the rule goes by their names. */
interface WindowOptions {
  kernelSize?: number | Pair;
  poolSize?: number | Pair;
  strides?: number | Pair;
  dilation?: number | Pair;
  padding?: PaddingOption | 'causal';
  cropping?: number | Pair | readonly number[];
  interpolation?: string;
}

/** One axis of a layer's input and output: sizes, null where they are not known. */
interface Axis {
  index: number;
  /** Number of axes of the image. */
  count: number;
  input: number | null;
  output: number | null;
}

/**
 * What one output pixel of a layer sees, for each axis of an image; undefined where a size that matters is not known.
 *
 * Layers with `kernelSize` or `poolSize` have a window with `strides`, `dilation` and `padding`. Other layers that keep
 * the size work pixel by pixel, as far as this rule knows: statistics that normalisation takes over the image do not
 * count. Layers that change the size see an equal share of the input, or all of it: global pooling, flatten.
 */
export function layerWindows(layer: LayerRecord, inputSize: Shape, outputSize: Shape): (AxisWindow | undefined)[] {
  const { type, options } = innerRecord(layer.options) ?? layer;
  return inputSize.map((input, index) => {
    const output = outputSize.length === inputSize.length ? outputSize[index]! : 1;
    return axisWindow(type, options, { index, count: inputSize.length, input, output });
  });
}

function axisWindow(type: string, options: WindowOptions, axis: Axis): AxisWindow | undefined {
  const size = options.kernelSize ?? options.poolSize;
  if (type === 'conv2dTranspose') return transposed(options, axis);
  if (size !== undefined) return sliding(options, axis);
  if (type === 'padding2d') return { reach: 1, stride: 1, middle: -first(options.padding as number, axis) };
  if (type === 'cropping2d') return { reach: 1, stride: 1, middle: first(options.cropping as number, axis) };
  return share(options, axis);
}

function sliding(options: WindowOptions, axis: Axis): AxisWindow {
  const kernel = at(options.kernelSize ?? options.poolSize!, axis);
  const stride = at(options.strides ?? options.poolSize ?? 1, axis);
  const dilation = at(options.dilation ?? 1, axis);
  const reach = dilation * (kernel - 1) + 1;
  // Where the size is not known it is taken to be a multiple of the stride.
  const input = axis.input ?? stride * reach;
  const { padding = 'valid' } = options;
  const before =
    padding === 'valid'
      ? 0
      : padding === 'causal'
        ? reach - 1
        : padding === 'same'
          ? samePadding({ input, kernel, stride, dilation })[0]
          : first(padding, axis);
  return { reach, stride, middle: (reach - 1) / 2 - before };
}

/** The window of the convolution that leads back, turned round: places o = i stride + u dilation - padding. */
function transposed(options: WindowOptions, axis: Axis): AxisWindow | undefined {
  const kernel = at(options.kernelSize!, axis);
  const stride = at(options.strides ?? 1, axis);
  const dilation = at(options.dilation ?? 1, axis);
  const reach = dilation * (kernel - 1) + 1;
  const { padding = 'valid' } = options;
  const output = axis.output ?? stride * reach;
  const before =
    padding === 'valid'
      ? 0
      : padding === 'same'
        ? samePadding({ input: output, kernel, stride, dilation })[0]
        : first(padding as number, axis);
  return { reach: Math.ceil(reach / stride), stride: 1 / stride, middle: (before - (reach - 1) / 2) / stride };
}

/** Each output pixel sees its part of the input: nothing else where the size stays, all where only one is left. */
function share({ interpolation }: WindowOptions, { input, output }: Axis): AxisWindow | undefined {
  if (input === output) return { reach: 1, stride: 1, middle: 0 };
  if (input === null || output === null) return undefined;
  const stride = input / output;
  const middle = (stride - 1) / 2;
  if (interpolation === 'nearest') return { reach: 1, stride, middle };
  if (interpolation !== undefined) return { reach: 2, stride, middle };
  return { reach: Math.ceil(stride) + (Number.isInteger(stride) || stride < 1 ? 0 : 1), stride, middle };
}

function at(value: number | Pair, { index }: Axis): number {
  return toPair(value)[index as 0 | 1];
}

/** What a list of sides, or of axes, says of the side where an axis begins. */
function first(sides: number | readonly number[], { index, count }: Axis): number {
  if (typeof sides === 'number') return sides;
  return sides.length === 2 * count ? sides[2 * index]! : sides[index]!;
}
