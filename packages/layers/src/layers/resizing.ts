import { ops, option, type Kind } from '@striate/core';
import { dataFormatOption, inDataFormat, type DataFormatOption } from '../along-axis.ts';
import { imageInput } from '../input-shapes.ts';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { resizedWindow } from '../window.ts';

/** Options of {@link resizing}. */
export interface ResizingOptions extends LayerOptions, DataFormatOption {
  /** New height. */
  height: number;
  /** New width. */
  width: number;
  /** 'bilinear' (the default) or 'nearest'. */
  interpolation?: ops.Interpolation;
}

/**
 * An image of another size, larger or smaller, with half-pixel centres; a smaller one is not smoothed first.
 * Shapes: x [N, H, W, C], y [N, height, width, C].
 *
 * @throws {OptionError} for impossible options
 * @example
 * const y = resizing({ height: 32, width: 32 })(input([null, null, 3]));
 */
export const resizing: Kind<ResizingOptions, LayerFunction> = layerKind({
  type: 'resizing',
  doc: 'An image of another size.',
  options: {
    height: option.count({ doc: 'New height.', example: 32 }),
    width: option.count({ doc: 'New width.', example: 32 }),
    interpolation: option.choice({
      doc: 'How pixels are interpolated.',
      names: ops.interpolations,
      default: 'bilinear',
    }),
    ...dataFormatOption,
  },
  make(settings) {
    const { height, width, interpolation } = settings;
    return inDataFormat('resizing', settings.dataFormat, {
      window: resizedWindow(interpolation),
      outputShapes: (inputs) => [[height, width, imageInput('resizing', inputs)[2]]],
      apply: ([x]) => ({ outputs: [ops.resize2d(x!, { size: [height, width], interpolation })] }),
    });
  },
});
