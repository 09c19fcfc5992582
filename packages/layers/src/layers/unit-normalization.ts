import { ops, type Kind } from '@striate/core';
import { alongAxis, axisOption, type AxisOption } from '../along-axis.ts';
import { onlyInput } from '../input-shapes.ts';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { activation } from './activation.ts';

/** Options of {@link unitNormalization}. */
export interface UnitNormalizationOptions extends LayerOptions, AxisOption {}

/**
 * Vectors of length 1 along an axis, the last unless said: y = x / |x|. Those shorter than 1e-6 are divided by that.
 * Shapes: x and y [N, ..., C].
 *
 * @example
 * const embedding = unitNormalization()(dense({ units: 64 })(x));
 */
export const unitNormalization: Kind<UnitNormalizationOptions, LayerFunction> = layerKind({
  type: 'unitNormalization',
  doc: 'Vectors of length 1 along an axis.',
  options: {
    ...axisOption,
  },
  make: (settings) =>
    alongAxis('unitNormalization', settings.axis, {
      withoutZeroSlopes: () => activation({ activation: 'linear' }),
      outputShapes: (inputs) => [onlyInput('unitNormalization', inputs)],
      apply: ([x]) => ({ outputs: [ops.unitNorm(x!)] }),
    }),
});
