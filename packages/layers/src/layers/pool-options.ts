import {
  OptionError,
  describe,
  option,
  toPair,
  windowGeometry,
  type ops,
  type OptionsOf,
  type PaddingOption,
  type Pair,
  type Shape,
  type Tensor,
  type WindowOptions,
} from '@striate/core';
import type { DataFormatOption } from '../along-axis.ts';
import { paddingOption } from '../convolution-window.ts';
import { imageInput, windowShape } from '../input-shapes.ts';
import type { LayerOptions } from '../layer-function.ts';

/** Options that all pooling layers have. */
export interface Pool2dOptions extends LayerOptions, DataFormatOption {
  /** Height and width of the window, or one number for both. Default 2. */
  poolSize?: number | Pair;
  /** Step of the window. Default: poolSize, so that windows do not overlap. */
  strides?: number | Pair;
  /** 'valid' (none), 'same', a number, [vertical, horizontal] or [top, bottom, left, right]. Default 'valid'. */
  padding?: PaddingOption;
  /**
   * Round the number of windows up instead of down: the last ones may hang over the end of the padded image, as long as
   * they begin before the image's own end (PyTorch's rule). What hangs over counts as nothing. Default false.
   */
  ceilMode?: boolean;
}

/** {@link Pool2dOptions}. */
export const pool2dOptions: OptionsOf<Omit<Pool2dOptions, keyof LayerOptions | 'dataFormat'>, 'filled'> = {
  poolSize: option.pair({ doc: 'Height and width of the window, or one number for both.', default: 2 }),
  strides: option.following(
    option.pair({ doc: 'Step of the window. Left out: poolSize, so that windows do not overlap.', default: 2 }),
    ({ poolSize }) => poolSize as number | Pair, // checked before
  ),
  padding: paddingOption,
  ceilMode: option.flag({ doc: 'Round the number of windows up instead of down.', default: false }),
};

/** A pooling layer's window, before the image's size is known. */
export type PoolWindow = Omit<WindowOptions, 'size'> & { kernelSize: Pair; strides: Pair };

/** The window of a pooling layer, checked. @throws {OptionError} if a window could lie in the padding alone. */
export function poolWindow(
  where: string,
  { poolSize, strides, padding, ceilMode }: Required<Omit<Pool2dOptions, keyof LayerOptions | keyof DataFormatOption>>,
): PoolWindow {
  const kernelSize = toPair(poolSize);
  if (typeof padding !== 'string') {
    const [top, bottom, left, right] = windowGeometry(where, { size: kernelSize, kernelSize, padding }).padding;
    if (Math.max(top, bottom) >= kernelSize[0] || Math.max(left, right) >= kernelSize[1]) {
      throw new OptionError(
        `${where}: padding is ${describe(padding)} and poolSize ${describe(poolSize)}, so that a window could hold nothing but padding. Make padding smaller than poolSize.`,
      );
    }
  }
  return { kernelSize, strides: toPair(strides), padding, ceilMode };
}

/** The window on an image: padding of each side with what ceilMode adds, and how much that is at the bottom and right. */
export function poolGeometry(where: string, window: PoolWindow, x: Tensor): ops.PoolGeometry & { overhang: Pair } {
  const size: Pair = [x.shape[1]!, x.shape[2]!];
  const { kernelSize, strides } = window;
  const { padding, output } = windowGeometry(where, { ...window, size });
  const [top, bottom, left, right] = padding;
  const beyond = (axis: 0 | 1, sides: number): number =>
    Math.max(0, (output[axis] - 1) * strides[axis] + kernelSize[axis] - size[axis] - sides);
  const overhang: Pair = [beyond(0, top + bottom), beyond(1, left + right)];
  return {
    poolSize: kernelSize,
    strides,
    padding: [top, bottom + overhang[0], left, right + overhang[1]],
    overhang,
  };
}

/** Shape of what pooling gives. @throws {ShapeError} if the input is no image or the window does not fit. */
export function pooledShape(where: string, inputs: readonly Shape[], window: PoolWindow): Shape {
  const image = imageInput(where, inputs);
  return [...windowShape(where, image, window), image[2]];
}
