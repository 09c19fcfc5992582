import { ops, streams } from '@striate/core';
import { identity } from '../identity.ts';
import { onlyInput } from '../input-shapes.ts';
import { defineLayer, type LayerFunction, type LayerOptions } from '../layer-function.ts';
import { checkRange, resolveOptions } from '../options.ts';

/** Options of {@link dropout}. */
export interface DropoutOptions extends LayerOptions {
  /** Share of the values that are dropped, at least 0 and less than 1. */
  rate: number;
}

/**
 * In training, each value is set to 0 with probability `rate`, and the others are divided by 1 - rate, so that the
 * expectation stays; otherwise nothing happens. Which ones are dropped depends on the seed, the step, the layer's
 * place in the model and the sample's place in the batch, and on nothing else.
 *
 * Source: Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting".
 *
 * @throws {OptionError} if the rate is out of range
 * @example
 * const y = dropout({ rate: 0.5 })(x);
 */
export function dropout(options: DropoutOptions): LayerFunction {
  const settings = resolveOptions('dropout', options, ['rate'], {});
  const { rate } = settings;
  checkRange('dropout', 'rate', rate, 0, 1);
  return defineLayer({
    type: 'dropout',
    options: settings,
    outputShapes: (inputs) => [onlyInput('dropout', inputs)],
    apply([x], _values, { training, random }) {
      if (!training || rate === 0) return { outputs: [identity(x!)] };
      const { seed, step, call, sampleOffset } = random;
      return { outputs: [ops.dropout(x!, { rate, seed, stream: streams.dropout, call, step, sampleOffset })] };
    },
  });
}
