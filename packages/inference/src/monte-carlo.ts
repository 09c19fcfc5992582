import { OptionError, checkCounts, checkOptions, checkUint32 } from '@striate/core';
import { type Network, checkNetwork } from '@striate/layers';
import { predictPlaces, type PredictInputs } from './predict.ts';

/** Options of {@link monteCarlo}. */
export interface MonteCarloOptions {
  /** How many passes, each with masks of its own. Default 32. */
  samples?: number;
  /** What the masks depend on: an integer from 0 to 2^32 - 1. Default 0. */
  seed?: number;
  /** Inputs computed at once; it does not change the result. Default 128. */
  batchSize?: number;
}

/** What {@link monteCarlo} gives: one array [classes] (or of whatever the network gives) for each input. */
export interface MonteCarloPrediction {
  /** Mean of the predictions: probabilities of classes and labels, or numbers, as `predict` gives them. */
  mean: Float32Array[];
  /** Their standard deviation over the passes: how unsure the network is. */
  deviation: Float32Array[];
}

/**
 * Monte-Carlo dropout: predicts many times with dropout at work, as an ensemble of thinned networks, of which there are
 * 2^n for n units. Layers of the dropout family draw masks as in training; all others, batch norm included, are in
 * inference mode.
 *
 * Source: Gal, Ghahramani 2016, "Dropout as a Bayesian approximation", https://arxiv.org/abs/1506.02142
 *
 * @param inputs as for `predict`
 * @throws {OptionError} if the model has no layer that draws random numbers, and as `predict`
 * @throws {ShapeError} if the inputs do not fit the model
 * @example
 * const { mean, deviation } = await monteCarlo(network, images, { samples: 50, seed: 1 });
 */
export async function monteCarlo(
  network: Network,
  inputs: PredictInputs,
  options: MonteCarloOptions = {},
): Promise<MonteCarloPrediction> {
  checkOptions(
    'monteCarlo',
    options,
    { samples: true, seed: true, batchSize: true },
    'monteCarlo(network, images, { samples: 50 })',
  );
  const { samples = 32, seed = 0, batchSize = 128 } = options;
  checkCounts('monteCarlo', { samples, batchSize });
  checkUint32(seed, 'seed', 'monteCarlo');
  checkNetwork('monteCarlo', network);
  if (!network.model.nodes.some(({ layer }) => layer.random === true)) {
    throw new OptionError(
      'monteCarlo: the model has no layer that draws random numbers, such as dropout, so that all passes would be equal. Use predict.',
    );
  }
  let sums: Float64Array[] = [];
  let squares: Float64Array[] = [];
  for (let step = 0; step < samples; step++) {
    const [passes] = await predictPlaces('monteCarlo', network, inputs, { batchSize }, () => [0], { seed, step });
    if (step === 0)
      [sums, squares] = [0, 1].map(() => passes!.map(({ length }) => new Float64Array(length))) as [
        Float64Array[],
        Float64Array[],
      ];
    for (const [place, probabilities] of passes!.entries()) {
      for (const [k, probability] of probabilities.entries()) {
        sums[place]![k]! += probability;
        squares[place]![k]! += probability ** 2;
      }
    }
  }
  const mean = sums.map((sum) => Float32Array.from(sum, (value) => value / samples));
  const deviation = sums.map((sum, place) =>
    Float32Array.from(sum, (value, k) =>
      Math.sqrt(Math.max(0, squares[place]![k]! / samples - (value / samples) ** 2)),
    ),
  );
  return { mean, deviation };
}
