import { ops } from '@striate/core';
import { alongAxis, type AxisOption } from '../along-axis.ts';
import { onlyInput } from '../input-shapes.ts';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { resolveOptions } from '../options.ts';
import { checkPerChannel, perChannel, type PerChannel } from '../per-channel.ts';

/** Options of {@link rescaling}. */
export interface RescalingOptions extends LayerOptions, AxisOption {
  /** Factor: one number, or one for each channel. */
  scale: PerChannel;
  /** Added after that: one number, or one for each channel. Default 0. */
  offset?: PerChannel;
}

/**
 * y = x scale + offset, with constants. Shapes: x and y [N, ..., C].
 *
 * @throws {OptionError} unless both are finite numbers
 * @throws {ShapeError} when a model is made, if there are neither one number nor as many as channels
 * @example
 * const y = rescaling({ scale: 1 / 127.5, offset: -1 })(x); // 0 to 255 becomes -1 to 1
 */
export function rescaling(options: RescalingOptions): LayerFunction {
  const settings = resolveOptions('rescaling', options, ['scale'], { offset: 0 }, ['axis']);
  const scale = perChannel('rescaling', 'scale', settings.scale);
  const offset = perChannel('rescaling', 'offset', settings.offset);
  return alongAxis({
    type: 'rescaling',
    options: settings,
    outputShapes(inputs) {
      const shape = onlyInput('rescaling', inputs);
      checkPerChannel('rescaling', shape, { scale, offset });
      return [shape];
    },
    apply: ([x]) => ({ outputs: [ops.rescale(x!, { scale, offset })] }),
  });
}
