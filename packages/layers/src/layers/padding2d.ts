import { checkOptionNames, checkPaddingFits, ops, type Kind, type PaddingMode } from '@striate/core';
import { dataFormatOption, inDataFormat, type DataFormatOption } from '../along-axis.ts';
import { paddingModeOption } from '../convolution-window.ts';
import { imageSides, sidesOption, type ImageSides } from '../image-sides.ts';
import { imageInput } from '../input-shapes.ts';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { slidingWindow } from '../window.ts';

/** Options of {@link zeroPadding2d}. */
export interface ZeroPadding2dOptions extends LayerOptions, DataFormatOption {
  /** Pixels on each side: one number, [vertical, horizontal] or [top, bottom, left, right]. Default 1. */
  padding?: ImageSides;
}

/** Options of {@link padding2d}. */
export interface Padding2dOptions extends ZeroPadding2dOptions {
  /** What the padding holds: 'zeros', 'reflect', 'symmetric', 'replicate' or 'circular'. Default 'zeros'. */
  paddingMode?: PaddingMode;
}

/**
 * Puts pixels around an image: zeros, or pixels of the image itself (see {@link PaddingMode}).
 * Shapes: x [N, H, W, C], y [N, top + H + bottom, left + W + right, C].
 *
 * @throws {OptionError} for impossible options
 * @throws {ShapeError} when a model is made, if the image has fewer pixels than the mode needs
 * @example
 * const y = padding2d({ padding: 2, paddingMode: 'reflect' })(x);
 */
export const padding2d: Kind<Padding2dOptions, LayerFunction> = layerKind({
  type: 'padding2d',
  doc: 'Puts pixels around an image.',
  options: {
    padding: sidesOption('Pixels on each side: one number, [vertical, horizontal] or [top, bottom, left, right].', 1),
    paddingMode: paddingModeOption,
    ...dataFormatOption,
  },
  make(settings) {
    const { paddingMode } = settings;
    const padding = imageSides('padding2d', 'padding', settings.padding);
    const [top, bottom, left, right] = padding;
    return inDataFormat('padding2d', settings.dataFormat, {
      window: slidingWindow({ kernelSize: 1, padding }),
      outputShapes(inputs) {
        const [height, width, channels] = imageInput('padding2d', inputs);
        checkPaddingFits('padding2d', [height ?? Infinity, width ?? Infinity], padding, paddingMode);
        return [
          [height === null ? null : top + height + bottom, width === null ? null : left + width + right, channels],
        ];
      },
      apply: ([x]) => ({ outputs: [ops.pad2d(x!, { padding, mode: paddingMode })] }),
    });
  },
});

/**
 * Puts zeros around an image: {@link padding2d} with its default mode, under Keras' name.
 *
 * @throws {OptionError} for impossible options
 * @example
 * const y = zeroPadding2d({ padding: [0, 1, 0, 1] })(x); // one row below, one column on the right
 */
export function zeroPadding2d(options: ZeroPadding2dOptions = {}): LayerFunction {
  checkOptionNames('zeroPadding2d', options, ['padding', 'dataFormat', 'name', 'trainable']);
  return padding2d({ ...options, paddingMode: 'zeros' });
}
