import {
  checkPadding,
  checkPaddingFits,
  ops,
  option,
  paddingModes,
  tidy,
  toPair,
  windowGeometry,
  type Option,
  type OptionsOf,
  type Padding,
  type PaddingMode,
  type PaddingOption,
  type Pair,
  type Tensor,
} from '@striate/core';
import { windowShape, type ImageShape } from './input-shapes.ts';

/** How the window of a convolution moves over an image. */
export interface ConvolutionWindowOptions {
  /** Height and width of the window, or one number for both. */
  kernelSize: number | Pair;
  /** Step of the window. Default 1. */
  strides?: number | Pair;
  /** 'valid' (none), 'same', a number, [vertical, horizontal] or [top, bottom, left, right]. Default 'valid'. */
  padding?: PaddingOption;
  /** What the padding holds: 'zeros', 'reflect', 'symmetric', 'replicate' or 'circular'. Default 'zeros'. */
  paddingMode?: PaddingMode;
  /** Distance between the kernel's pixels; 1, the default, leaves no gaps. */
  dilation?: number | Pair;
}

/** What the padding of a window may be. */
export const paddingOption: Option<PaddingOption, 'filled'> = option.checked<PaddingOption, 'valid'>({
  doc: "Pixels around the image: 'valid' (none), 'same', a number, [vertical, horizontal] or [top, bottom, left, right].",
  wanted: "'valid', 'same', a whole number, [vertical, horizontal] or [top, bottom, left, right]",
  check: (where, _name, padding) => checkPadding(where, padding as PaddingOption),
  default: 'valid',
});

/** What the padding holds, as an option. */
export const paddingModeOption: Option<PaddingMode, 'filled'> = option.choice({
  doc: 'What the padding holds: zeros, or pixels of the image.',
  names: paddingModes,
  default: 'zeros',
});

/** Height and width of a window, as an option. */
export const kernelSizeOption: Option<number | Pair, 'required'> = option.pair({
  doc: 'Height and width of the window, or one number for both.',
  example: 3,
});

/** {@link ConvolutionWindowOptions}. */
export const convolutionWindowOptions: OptionsOf<Pick<ConvolutionWindowOptions, 'kernelSize'>, 'required'> &
  OptionsOf<Omit<ConvolutionWindowOptions, 'kernelSize'>, 'filled'> = {
  kernelSize: kernelSizeOption,
  strides: option.pair({ doc: 'Step of the window.', default: 1 }),
  padding: paddingOption,
  paddingMode: paddingModeOption,
  dilation: option.pair({ doc: "Distance between the kernel's pixels; 1 leaves no gaps.", default: 1 }),
};

/** A window of checked options. */
export interface ConvolutionWindow {
  kernelSize: Pair;
  strides: Pair;
  dilations: Pair;
  /** Rows and columns of windows on an image; what is not known stays unknown. */
  places(image: ImageShape): [number | null, number | null];
  /** Pads an image NHWC as its mode says and hands it to `convolve`, with the zeros that are still to be added. */
  over(x: Tensor, convolve: (image: Tensor, padding: Padding) => Tensor): Tensor;
}

/** The window of a convolution. */
export function convolutionWindow(
  where: string,
  { kernelSize, strides, padding, paddingMode, dilation }: Required<ConvolutionWindowOptions>,
): ConvolutionWindow {
  const window = {
    kernelSize: toPair(kernelSize),
    strides: toPair(strides),
    dilations: toPair(dilation),
  };
  const sides = (size: Pair): Padding => windowGeometry(where, { ...window, padding, size }).padding;
  return {
    ...window,
    places(image) {
      const places = windowShape(where, image, { ...window, padding });
      const [height, width] = image;
      if (height !== null && width !== null)
        checkPaddingFits(where, [height, width], sides([height, width]), paddingMode);
      return places;
    },
    over(x, convolve) {
      const missing = sides([x.shape[1]!, x.shape[2]!]);
      if (paddingMode === 'zeros' || missing.every((side) => side === 0)) return convolve(x, missing);
      return tidy(() => convolve(ops.pad2d(x, { padding: missing, mode: paddingMode }), [0, 0, 0, 0]));
    },
  };
}
