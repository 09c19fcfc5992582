import { ops, checkChoice, checkCounts } from '@striate/core';
import { inDataFormat, type DataFormatOption } from '../along-axis.ts';
import { imageInput } from '../input-shapes.ts';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { resolveOptions } from '../options.ts';
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
export function resizing(options: ResizingOptions): LayerFunction {
  const settings = resolveOptions('resizing', options, ['height', 'width'], { interpolation: 'bilinear' }, [
    'dataFormat',
  ]);
  const { height, width, interpolation } = settings;
  checkCounts('resizing', { height, width });
  checkChoice('resizing', 'interpolation', interpolation, ops.interpolations);
  return inDataFormat({
    type: 'resizing',
    options: settings,
    window: resizedWindow(interpolation),
    outputShapes: (inputs) => [[height, width, imageInput('resizing', inputs)[2]]],
    apply: ([x]) => ({ outputs: [ops.resize2d(x!, { size: [height, width], interpolation })] }),
  });
}
