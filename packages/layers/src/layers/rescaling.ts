import { ops, type Kind } from '@striate/core';
import { alongAxis, axisOption, type AxisOption } from '../along-axis.ts';
import { onlyInput } from '../input-shapes.ts';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { checkPerChannel, perChannel, perChannelOption, type PerChannel } from '../per-channel.ts';

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
export const rescaling: Kind<RescalingOptions, LayerFunction> = layerKind({
  type: 'rescaling',
  doc: 'Multiplies by a constant and adds another.',
  options: {
    scale: perChannelOption({ doc: 'Factor: one number, or one for each channel.', example: 1 / 255 }),
    offset: perChannelOption({ doc: 'Added after that, likewise.', default: 0 }),
    ...axisOption,
  },
  make(settings) {
    const scale = perChannel(settings.scale);
    const offset = perChannel(settings.offset);
    return alongAxis('rescaling', settings.axis, {
      outputShapes(inputs) {
        const shape = onlyInput('rescaling', inputs);
        checkPerChannel('rescaling', shape, { scale, offset });
        return [shape];
      },
      apply: ([x]) => ({ outputs: [ops.rescale(x!, { scale, offset })] }),
    });
  },
});
