import { fill, ops, tidy, type Kind } from '@striate/core';
import { dataFormatOption, inDataFormat, type DataFormatOption } from '../along-axis.ts';
import { imageInput } from '../input-shapes.ts';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { randomLayer, rateOption } from '../random-layer.ts';

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
export const spatialDropout2d: Kind<SpatialDropout2dOptions, LayerFunction> = layerKind({
  type: 'spatialDropout2d',
  doc: 'Sets whole channels to 0 with a probability in training.',
  options: {
    rate: rateOption('Share of the channels that are dropped.'),
    ...dataFormatOption,
  },
  make({ rate, dataFormat }) {
    const layer = randomLayer('spatialDropout2d', rate, {
      checkShape: (shape) => imageInput('spatialDropout2d', [shape]),
      drop: (x, source) =>
        tidy(() => {
          const [samples, , , channels] = x.shape as [number, number, number, number];
          const ones = fill([samples, 1, 1, channels], 1);
          return ops.scaleBy(x, ops.dropout(ones, { ...source, rate }));
        }),
    });
    return inDataFormat('spatialDropout2d', dataFormat, layer);
  },
});
