import { ops, option, streams, tidy, type Kind } from '@striate/core';
import { identity } from '../identity.ts';
import { onlyInput } from '../input-shapes.ts';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';

/** Options of {@link gaussianNoise}. */
export interface GaussianNoiseOptions extends LayerOptions {
  /** Standard deviation of the noise, at least 0. */
  standardDeviation: number;
}

/**
 * In training, adds Gaussian noise of mean 0 to each value; otherwise nothing happens. The noise depends on the seed,
 * the step, the layer's place in the model and the sample's place in the batch, and on nothing else.
 *
 * @throws {OptionError} if the deviation is negative or not finite
 * @example
 * const y = gaussianNoise({ standardDeviation: 0.1 })(x);
 */
export const gaussianNoise: Kind<GaussianNoiseOptions, LayerFunction> = layerKind({
  type: 'gaussianNoise',
  doc: 'Adds Gaussian noise in training.',
  options: {
    standardDeviation: option.number({ doc: 'Standard deviation of the noise.', example: 0.1, minimum: 0 }),
  },
  make: ({ standardDeviation }) => ({
    outputShapes: (inputs) => [onlyInput('gaussianNoise', inputs)],
    apply([x], _values, { training, random }) {
      // It belongs to training: a prediction is not asked what it would be with noise on its input.
      if (!training || !random || standardDeviation === 0) return { outputs: [identity(x!)] };
      const { seed, step, call, sampleOffset } = random;
      const source = { seed, stream: streams.noise, call, step, sampleOffset };
      return {
        outputs: [tidy(() => ops.add(x!, ops.randomNormal({ shape: x!.shape, standardDeviation, ...source })))],
      };
    },
  }),
});
