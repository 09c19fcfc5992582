import { OptionError, ShapeError } from '@striate/core';
import type { Network } from '@striate/layers';
import { predict, type PredictInputs } from './predict.ts';
import { isSoftmax } from './tasks.ts';

/** Options of {@link ensemble}. */
export interface EnsembleOptions {
  /**
   * What is averaged: 'probabilities' (default), the arithmetic mean, or 'logits', whose softmax is the geometric mean of
   * the probabilities up to its scale.
   */
  average?: 'probabilities' | 'logits';
  /** Samples computed at once. Default 128. */
  batchSize?: number;
}

/**
 * Probabilities of several trained networks together: their mean, or the softmax of the mean of their logits.
 *
 * Source: Krizhevsky et al. 2012, "ImageNet classification with deep convolutional neural networks" (averaged
 * probabilities); Hinton et al. 2015, https://arxiv.org/abs/1503.02531 (arithmetic or geometric mean)
 *
 * @param networks at least one; they may differ in everything but their inputs and classes
 * @param inputs as for `predict`
 * @returns one array [classes] for each sample
 * @throws {OptionError} if there are no networks, or logits are asked of a model that ends in a softmax
 * @throws {ShapeError} if the networks have different numbers of classes, or the inputs do not fit
 * @example
 * const probabilities = await ensemble([first, second, third], images);
 */
export async function ensemble(
  networks: readonly Network[],
  inputs: PredictInputs,
  { average = 'probabilities', batchSize = 128 }: EnsembleOptions = {},
): Promise<Float32Array[]> {
  if (networks.length === 0) throw new OptionError('ensemble: there are no networks, but at least one is needed.');
  if (average !== 'probabilities' && average !== 'logits') {
    throw new OptionError(`ensemble: average is '${String(average)}', but must be 'probabilities' or 'logits'.`);
  }
  for (const [place, { model }] of networks.entries()) {
    if (average === 'logits' && isSoftmax(model, model.outputs[0]!)) {
      throw new OptionError(
        `ensemble: network ${place + 1} (counted from 1) ends in a softmax, so that it has no logits to average. Use average: 'probabilities'.`,
      );
    }
  }
  const predictions: Float32Array[][] = [];
  for (const network of networks) predictions.push(await predict(network, inputs, { output: average, batchSize }));
  const [first] = predictions;
  const other = predictions.findIndex((prediction) => prediction[0]!.length !== first![0]!.length);
  if (other >= 0) {
    throw new ShapeError(
      `ensemble: network 1 gives ${first![0]!.length} numbers for a sample, but network ${other + 1} gives ${predictions[other]![0]!.length}.`,
    );
  }
  return first!.map((row, sample) => {
    const means = Float64Array.from(row, (_, k) =>
      predictions.reduce((sum, prediction) => sum + prediction[sample]![k]! / networks.length, 0),
    );
    return Float32Array.from(average === 'logits' ? softmax(means) : means);
  });
}

function softmax(logits: Float64Array): Float64Array {
  const largest = logits.reduce((most, logit) => Math.max(most, logit), -Infinity);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}
