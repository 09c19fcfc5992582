import { OptionError, ShapeError, checkChoice, checkOptions, describe, type OutputMeaning } from '@striate/core';
import { outputActivation, type Network, checkNetwork } from '@striate/layers';
import { meaningOf } from './output-meaning.ts';
import { predictPlaces, type PredictInputs } from './predict.ts';

/** Options of {@link ensemble}. */
export interface EnsembleOptions {
  /**
   * What is averaged: 'probabilities', the arithmetic mean, or 'logits', whose softmax is the geometric mean of the
   * probabilities up to its scale. Default: what `predict` gives, so probabilities of classes and labels, and numbers.
   */
  average?: 'probabilities' | 'logits';
  /** Samples computed at once. Default 128. */
  batchSize?: number;
}

/**
 * What several trained networks say together: the mean of their predictions, or the softmax (of labels, the sigmoid) of the
 * mean of their logits.
 *
 * Source: Krizhevsky et al. 2012, "ImageNet classification with deep convolutional neural networks" (averaged
 * probabilities); Hinton et al. 2015, https://arxiv.org/abs/1503.02531 (arithmetic or geometric mean)
 *
 * @param networks at least one; they may differ in everything but their inputs and classes
 * @param inputs as for `predict`
 * @returns one array [classes] for each sample
 * @throws {OptionError} if there are no networks, their outputs mean different things, logits are asked of a model that ends
 * in a softmax or gives numbers, and as `predict`
 * @throws {ShapeError} if the networks have different numbers of classes, or the inputs do not fit
 * @example
 * const probabilities = await ensemble([first, second, third], images);
 */
export async function ensemble(
  networks: readonly Network[],
  inputs: PredictInputs,
  options: EnsembleOptions = {},
): Promise<Float32Array[]> {
  checkOptions(
    'ensemble',
    options,
    { average: true, batchSize: true },
    "ensemble(networks, images, { average: 'logits' })",
  );
  const { average, batchSize = 128 } = options;
  if (average !== undefined) checkChoice('ensemble', 'average', average, ['probabilities', 'logits']);
  const meaning = checkNetworks(networks, average);
  const form = { batchSize, ...(average && { output: average }) };
  const predictions: Float32Array[][] = [];
  for (const network of networks) {
    predictions.push((await predictPlaces('ensemble', network, inputs, form, () => [0]))[0]!);
  }
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
    if (average !== 'logits') return Float32Array.from(means);
    return Float32Array.from(meaning === 'labels' ? means.map((logit) => 1 / (1 + Math.exp(-logit))) : softmax(means));
  });
}

/** What the first output of all networks means. */
function checkNetworks(networks: readonly Network[], average: EnsembleOptions['average']): OutputMeaning | undefined {
  if (!Array.isArray(networks))
    throw new OptionError(
      `ensemble: networks is ${describe(networks)}, but must be a list. Write ensemble([first, second], images).`,
    );
  if (networks.length === 0) throw new OptionError('ensemble: there are no networks, but at least one is needed.');
  for (const [place, network] of networks.entries()) checkNetwork(`ensemble: network ${place + 1}`, network);
  const given = networks.map((network) => meaningOf(network, 0));
  // Both are told as probabilities of classes.
  const meanings = given.map((meaning) => (meaning === 'probabilities' && average !== 'logits' ? 'classes' : meaning));
  const other = meanings.findIndex((meaning) => meaning !== meanings[0]);
  if (other >= 0) {
    throw new OptionError(
      `ensemble: the outputs of network 1 mean ${meanings[0] ?? 'nothing known'}, but those of network ${other + 1} mean ${meanings[other] ?? 'nothing known'}. ` +
        "Give each network its meaning: { ...network, outputMeaning: 'classes' }.",
    );
  }
  if (average !== 'logits') return meanings[0];
  for (const [place, { model }] of networks.entries()) {
    const activation = outputActivation(model, model.outputs[0]);
    if (activation !== undefined) {
      throw new OptionError(
        `ensemble: network ${place + 1} (counted from 1) ends in a ${activation}, so that it has no logits to average. Use average: 'probabilities'.`,
      );
    }
  }
  if (meanings[0] === 'numbers' || meanings[0] === 'probabilities') {
    throw new OptionError(
      `ensemble: the networks give ${meanings[0]}, so that they have no logits to average. Leave average out.`,
    );
  }
  return meanings[0];
}

function softmax(logits: Float64Array): Float64Array {
  const largest = logits.reduce((most, logit) => Math.max(most, logit), -Infinity);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}
