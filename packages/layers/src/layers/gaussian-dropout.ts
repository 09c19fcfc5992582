import { ops, tidy, type Kind } from '@striate/core';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { randomLayer, rateOption } from '../random-layer.ts';

/** Options of {@link gaussianDropout}. */
export interface GaussianDropoutOptions extends LayerOptions {
  /** The rate of the dropout whose variance the noise has, at least 0 and less than 1. */
  rate: number;
}

/**
 * Multiplies by Gaussian noise: in training, each value is multiplied by a random number of mean 1 and standard deviation
 * sqrt(rate / (1 - rate)), as large as that of dropout's factors.
 *
 * Source: Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html, section 10
 *
 * @throws {OptionError} if the rate is out of range
 * @example
 * const y = gaussianDropout({ rate: 0.3 })(x);
 */
export const gaussianDropout: Kind<GaussianDropoutOptions, LayerFunction> = layerKind({
  type: 'gaussianDropout',
  doc: 'Multiplies by Gaussian noise in training.',
  options: {
    rate: rateOption('The rate of the dropout whose variance the noise has.'),
  },
  make({ rate }) {
    const standardDeviation = Math.sqrt(rate / (1 - rate));
    return randomLayer('gaussianDropout', rate, {
      drop: (x, source) =>
        tidy(() => ops.scaleBy(x, ops.randomNormal({ ...source, shape: x.shape, mean: 1, standardDeviation }))),
    });
  },
});
