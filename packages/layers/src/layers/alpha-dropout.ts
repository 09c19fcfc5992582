import { ops, type Kind } from '@striate/core';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { randomLayer, rateOption } from '../random-layer.ts';

/** Options of {@link alphaDropout}. */
export interface AlphaDropoutOptions extends LayerOptions {
  /** Share of the values that are dropped, at least 0 and less than 1. */
  rate: number;
}

/** Where SELU goes for x to minus infinity: minus its scale times its alpha. */
const floor = -1.0507009873554805 * 1.6732632423543772;

/**
 * Dropout for networks of SELU units: in training, each value becomes alpha' = -1.7581 with probability `rate`, and then
 * all go through a x + b with
 *
 *   a = ((1 - rate) (1 + rate alpha'^2))^(-1/2),   b = -a rate alpha'
 *
 * so that mean 0 and variance 1 stay what they are.
 *
 * Source: Klambauer et al. 2017, "Self-normalizing neural networks", https://arxiv.org/abs/1706.02515
 *
 * @throws {OptionError} if the rate is out of range
 * @example
 * const y = alphaDropout({ rate: 0.1 })(x);
 */
export const alphaDropout: Kind<AlphaDropoutOptions, LayerFunction> = layerKind({
  type: 'alphaDropout',
  doc: 'Dropout for networks of SELU units, which keeps mean and variance.',
  options: {
    rate: rateOption('Share of the values that are dropped.'),
  },
  make({ rate }) {
    const scale = ((1 - rate) * (1 + rate * floor ** 2)) ** -0.5;
    const shift = -scale * rate * floor;
    return randomLayer('alphaDropout', rate, {
      drop: (x, source) => ops.dropout(x, { ...source, rate, scale, shift, replacement: scale * floor + shift }),
    });
  },
});
