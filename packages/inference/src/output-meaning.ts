import { OptionError, ops, type OutputMeaning, type OutputMeanings, type Tensor } from '@striate/core';
import {
  type ModelGraph,
  outputActivation,
  outputNames,
  type ProbabilityActivation,
  type AnyNetwork,
} from '@striate/layers';

/** Which form of an output is wanted: as it is, as its meaning says, or its probabilities. */
export type OutputForm = 'logits' | 'meant' | 'probabilities';

/** What an output of a network means; undefined if nobody knows. */
export function meaningOf({ model, outputMeaning }: AnyNetwork, output: number): OutputMeaning | undefined {
  if (outputMeaning === undefined || typeof outputMeaning === 'string') return outputMeaning;
  return outputMeaning[outputNames(model)[output]!];
}

/**
 * What turns an output of a network into the form that is wanted; undefined where it is that already.
 *
 * @throws {OptionError} if the output has no such form: probabilities of numbers
 */
export function conversionOf(
  where: string,
  network: AnyNetwork,
  output: number,
  form: OutputForm,
): ((x: Tensor) => Tensor) | undefined {
  if (form === 'logits') return undefined;
  const { model } = network;
  const activation = outputActivation(model, model.outputs[output]!);
  const known = meaningOf(network, output);
  const meaning = known ?? (form === 'probabilities' ? guessFrom(activation) : undefined);
  if (meaning === 'numbers' && form === 'probabilities') {
    throw new OptionError(`${where}: the network gives numbers, which have no probabilities. Leave output out.`);
  }
  if (meaning === undefined || meaning === 'numbers' || meaning === 'probabilities') return undefined;
  const last = meaning === 'classes' ? 'softmax' : 'sigmoid';
  // What the model computes by itself is not computed twice.
  return activation === last ? undefined : (x) => ops.activation(x, last);
}

/** What the outputs are taken for where probabilities are asked for and nobody knows what they mean. */
function guessFrom(activation: ProbabilityActivation | undefined): OutputMeaning {
  return activation === 'sigmoid' ? 'labels' : 'classes';
}

/**
 * What the outputs of models were taken for before models were saved with what they mean: classes, as probabilities where
 * the model ends in a softmax.
 */
export function meaningBefore(model: ModelGraph): OutputMeanings {
  const meanings = model.outputs.map((output) =>
    outputActivation(model, output) === 'softmax' ? ('probabilities' as const) : ('classes' as const),
  );
  if (meanings.length === 1) return meanings[0]!;
  return Object.fromEntries(outputNames(model).map((name, place) => [name, meanings[place]!]));
}
