import { ops, option, type Kind } from '@striate/core';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { randomLayer, rateOption } from '../random-layer.ts';

/** Options of {@link dropout}. */
export interface DropoutOptions extends LayerOptions {
  /** Share of the values that are dropped, at least 0 and less than 1. */
  rate: number;
  /**
   * When values are scaled so that training and inference agree in expectation: 'inverted', the default, divides by
   * 1 - rate in training; 'test' multiplies by 1 - rate in inference, which does to the next layer what multiplying its
   * weights would.
   */
  scaling?: 'inverted' | 'test';
}

/**
 * In training, each value is set to 0 with probability `rate`, and the others are divided by 1 - rate, so that the
 * expectation stays; otherwise nothing happens. Which ones are dropped depends on the seed, the step, the layer's
 * place in the model and the sample's place in the batch, and on nothing else.
 *
 * Source: Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting" (`scaling: 'test'`
 * as there).
 *
 * @throws {OptionError} if the rate is out of range
 * @example
 * const y = dropout({ rate: 0.5 })(x);
 */
export const dropout: Kind<DropoutOptions, LayerFunction> = layerKind({
  type: 'dropout',
  doc: 'Sets each value to 0 with a probability in training.',
  options: {
    rate: rateOption('Share of the values that are dropped.'),
    scaling: option.choice({
      doc: "When values are scaled: 'inverted', in training; 'test', in inference.",
      names: ['inverted', 'test'],
      default: 'inverted',
    }),
  },
  make({ rate, scaling }) {
    if (scaling === 'inverted')
      return randomLayer('dropout', rate, { drop: (x, source) => ops.dropout(x, { ...source, rate }) });
    return randomLayer('dropout', rate, {
      drop: (x, source) => ops.dropout(x, { ...source, rate, scale: 1 }),
      infer: (x) => ops.rescale(x, { scale: [1 - rate] }),
    });
  },
});
