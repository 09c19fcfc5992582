import { fill, ops, tidy, checkRange } from '@striate/core';
import { inDataFormat, type DataFormatOption } from '../along-axis.ts';
import { imageInput } from '../input-shapes.ts';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { resolveOptions } from '../options.ts';
import { randomLayer } from '../random-layer.ts';

/** Options of {@link spatialDropout2d}. */
export interface SpatialDropout2dOptions extends LayerOptions, DataFormatOption {
  /** Share of the channels that are dropped, at least 0 and less than 1. */
  rate: number;
}

/**
 * Dropout of whole channels: in training, each channel of each image is set to 0 with probability `rate`, and the others
 * are divided by 1 - rate. Neighbouring pixels are alike, so that dropping single ones takes little away. Shapes: x and
 * y [N, H, W, C].
 *
 * Source: Tompson et al. 2015, "Efficient object localization using convolutional networks",
 * https://arxiv.org/abs/1411.4280
 *
 * @throws {OptionError} if the rate is out of range
 * @throws {ShapeError} when a model is made, if the input is no image
 * @example
 * const y = spatialDropout2d({ rate: 0.2 })(x);
 */
export function spatialDropout2d(options: SpatialDropout2dOptions): LayerFunction {
  const settings = resolveOptions('spatialDropout2d', options, ['rate'], {}, ['dataFormat']);
  const { rate } = settings;
  checkRange('spatialDropout2d', 'rate', rate, 0, 1);
  return inDataFormat(
    randomLayer({
      type: 'spatialDropout2d',
      options: settings,
      checkShape: (shape) => imageInput('spatialDropout2d', [shape]),
      drop: (x, source) =>
        tidy(() => {
          const [samples, , , channels] = x.shape as [number, number, number, number];
          const ones = fill([samples, 1, 1, channels], 1);
          return ops.scaleBy(x, ops.dropout(ones, { ...source, rate }));
        }),
    }),
  );
}
