import { ShapeError, ops, type Kind, type Shape } from '@striate/core';
import { dataFormatOption, inDataFormat, type DataFormatOption } from '../along-axis.ts';
import { imageSides, sidesOption, type ImageSides } from '../image-sides.ts';
import { formatShape, imageInput } from '../input-shapes.ts';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { slidingWindow } from '../window.ts';

/** Options of {@link cropping2d}. */
export interface Cropping2dOptions extends LayerOptions, DataFormatOption {
  /** Pixels cut off: one number, [vertical, horizontal] or [top, bottom, left, right]. Default 0. */
  cropping?: ImageSides;
}

/**
 * Cuts pixels off the sides of an image. Shapes: x [N, H, W, C], y [N, H - top - bottom, W - left - right, C].
 *
 * @throws {OptionError} if `cropping` is impossible
 * @throws {ShapeError} when a model is made, if nothing is left
 * @example
 * const y = cropping2d({ cropping: [2, 0] })(x); // two rows above and below
 */
export const cropping2d: Kind<Cropping2dOptions, LayerFunction> = layerKind({
  type: 'cropping2d',
  doc: 'Cuts pixels off the sides of an image.',
  options: {
    cropping: sidesOption('Pixels cut off: one number, [vertical, horizontal] or [top, bottom, left, right].', 0),
    ...dataFormatOption,
  },
  make(settings) {
    const [top, bottom, left, right] = imageSides('cropping2d', 'cropping', settings.cropping);
    return inDataFormat('cropping2d', settings.dataFormat, {
      computes: 'means',
      window: slidingWindow({ kernelSize: 1, padding: [top, bottom, left, right].map((side) => -side) }),
      outputShapes(inputs) {
        const [height, width, channels] = imageInput('cropping2d', inputs);
        const shape: Shape = [
          height === null ? null : height - top - bottom,
          width === null ? null : width - left - right,
          channels,
        ];
        if (shape.some((size) => size !== null && size < 1)) {
          throw new ShapeError(
            `cropping2d: nothing is left of ${formatShape([height, width, channels])} without ${top + bottom} rows and ${left + right} columns.`,
          );
        }
        return [shape];
      },
      apply([x]) {
        const [batch, height, width, channels] = x!.shape as [number, number, number, number];
        const size = [batch, height - top - bottom, width - left - right, channels];
        return { outputs: [ops.slice(x!, { begin: [0, top, left, 0], size })] };
      },
    });
  },
});
