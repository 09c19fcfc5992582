import { ops, option, toPair, type Kind, type Pair } from '@striate/core';
import { dataFormatOption, inDataFormat, type DataFormatOption } from '../along-axis.ts';
import { imageInput } from '../input-shapes.ts';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { resizedWindow } from '../window.ts';

/** Options of {@link upSampling2d}. */
export interface UpSampling2dOptions extends LayerOptions, DataFormatOption {
  /** How many times as high and wide, or one number for both. Default 2. */
  size?: number | Pair;
  /** 'nearest' repeats pixels, 'bilinear' interpolates between them. Default 'nearest'. */
  interpolation?: ops.Interpolation;
}

/**
 * A larger image, with half-pixel centres as in Keras and in PyTorch with `align_corners=False`.
 * Shapes: x [N, H, W, C], y [N, size[0] H, size[1] W, C].
 *
 * @throws {OptionError} for impossible options
 * @example
 * const y = upSampling2d({ size: 2, interpolation: 'bilinear' })(x); // [8, 8, 3] becomes [16, 16, 3]
 */
export const upSampling2d: Kind<UpSampling2dOptions, LayerFunction> = layerKind({
  type: 'upSampling2d',
  doc: 'A larger image.',
  options: {
    size: option.pair({ doc: 'How many times as high and wide, or one number for both.', default: 2 }),
    interpolation: option.choice({
      doc: "'nearest' repeats pixels, 'bilinear' interpolates between them.",
      names: ops.interpolations,
      default: 'nearest',
    }),
    ...dataFormatOption,
  },
  make(settings) {
    const { interpolation } = settings;
    const [vertical, horizontal] = toPair(settings.size);
    return inDataFormat('upSampling2d', settings.dataFormat, {
      window: resizedWindow(interpolation),
      outputShapes(inputs) {
        const [height, width, channels] = imageInput('upSampling2d', inputs);
        return [[height === null ? null : vertical * height, width === null ? null : horizontal * width, channels]];
      },
      apply([x]) {
        const size = [vertical * x!.shape[1]!, horizontal * x!.shape[2]!] as const;
        return { outputs: [ops.resize2d(x!, { size, interpolation })] };
      },
    });
  },
});
