import {
  samePadding,
  toPair,
  type AxisWindow,
  type ImageAxis,
  type Layer,
  type PaddingOption,
  type Pair,
} from '@striate/core';

type Window = NonNullable<Layer['window']>;

/** How a window moves over an image, or over a signal: the options that layers with windows share. */
interface WindowSettings {
  kernelSize: number | Pair;
  /** Default 1. */
  strides?: number | Pair;
  /** Default 1. */
  dilation?: number | Pair;
  /** Pixels that are cut off count as less than 0. Default 'valid'. */
  padding?: PaddingOption | 'causal' | readonly number[];
}

/** The window of a convolution or of pooling. */
export function slidingWindow({ kernelSize, strides = 1, dilation = 1, padding = 'valid' }: WindowSettings): Window {
  return (axis) => {
    const [kernel, stride, gap] = [at(kernelSize, axis), at(strides, axis), at(dilation, axis)];
    const reach = gap * (kernel - 1) + 1;
    // Where the size is not known it is taken to be a multiple of the stride.
    const input = axis.input ?? stride * reach;
    const before =
      padding === 'causal' ? reach - 1 : paddingBefore(padding, axis, { input, kernel, stride, dilation: gap });
    return { reach, stride, middle: (reach - 1) / 2 - before };
  };
}

/** The window of the convolution that leads back, turned round: places o = i stride + u dilation - padding. */
export function transposedWindow({ kernelSize, strides = 1, dilation = 1, padding = 'valid' }: WindowSettings): Window {
  return (axis) => {
    const [kernel, stride, gap] = [at(kernelSize, axis), at(strides, axis), at(dilation, axis)];
    const reach = gap * (kernel - 1) + 1;
    const input = axis.output ?? stride * reach;
    const before = paddingBefore(padding, axis, { input, kernel, stride, dilation: gap });
    return { reach: Math.ceil(reach / stride), stride: 1 / stride, middle: (before - (reach - 1) / 2) / stride };
  };
}

/** What a pixel of a resized image sees: the nearest pixel, or two that are interpolated between. */
export function resizedWindow(interpolation: 'nearest' | 'bilinear'): Window {
  return ({ input, output }) => {
    if (input === output) return ownPixel;
    if (input === null || output === null) return undefined;
    const stride = input / output;
    return { reach: interpolation === 'nearest' ? 1 : 2, stride, middle: (stride - 1) / 2 };
  };
}

/** Each output pixel sees its part of the input: nothing else where the size stays, all where only one is left. */
export const equalShare: Window = ({ input, output }) => {
  if (input === output) return ownPixel;
  if (input === null || output === null) return undefined;
  const stride = input / output;
  const reach = Math.ceil(stride) + (Number.isInteger(stride) || stride < 1 ? 0 : 1);
  return { reach, stride, middle: (stride - 1) / 2 };
};

const ownPixel: AxisWindow = { reach: 1, stride: 1, middle: 0 };

function paddingBefore(
  padding: PaddingOption | readonly number[] | 'causal',
  axis: ImageAxis,
  window: Parameters<typeof samePadding>[0],
): number {
  if (padding === 'valid') return 0;
  if (padding === 'same') return samePadding(window)[0];
  return first(padding as number | readonly number[], axis);
}

function at(value: number | Pair, { index }: ImageAxis): number {
  return toPair(value)[index as 0 | 1];
}

/** What a list of sides, or of axes, says of the side where an axis begins. */
function first(sides: number | readonly number[], { index, count }: ImageAxis): number {
  if (typeof sides === 'number') return sides;
  return sides.length === 2 * count ? sides[2 * index]! : sides[index]!;
}
