import { OptionError, type NetworkFacts, type OutputMeaning } from '@striate/core';
import type { Batches } from '@striate/data';
import { checkFacts, namesFit, preprocessingFits } from '@striate/inference/internal';
import { outputNames, type ModelGraph, type Network } from '@striate/layers';
import { meaningsOf, type Task } from './tasks.ts';

/**
 * What is known of a network that is trained: what its outputs mean, from the losses, and from the data the names of its
 * classes and how pixels become inputs, where they fit the model: batches may be mapped, and other outputs have other
 * names. What the data do not know stays as it was before.
 */
export function factsOf(
  where: string,
  model: ModelGraph,
  tasks: readonly Task[],
  before: NetworkFacts,
  data?: Partial<Pick<Batches, 'dataset' | 'preprocessing'>>,
): NetworkFacts {
  const outputMeaning = meaningsOf(model, tasks, before.outputMeaning);
  const first = typeof outputMeaning === 'object' ? outputMeaning[outputNames(model)[0]!] : outputMeaning;
  const classNames = namesOf(model, first, data) ?? before.classNames;
  const given = data?.preprocessing;
  const preprocessing = given && preprocessingFits(given, model) ? given : before.preprocessing;
  const facts = {
    ...(outputMeaning !== undefined && { outputMeaning }),
    ...(classNames !== undefined && { classNames }),
    ...(preprocessing !== undefined && { preprocessing }),
  };
  checkFacts(where, facts, model, (message) => new OptionError(message));
  return facts;
}

/** A network with the values that training gave it, of which nothing is known but these facts. */
export function trainedNetwork(
  before: Network | Pick<Network, 'model'>,
  facts: NetworkFacts,
  { parameters, state }: Pick<Network, 'parameters' | 'state'>,
): Network {
  const { outputMeaning: _, classNames: __, preprocessing: ___, ...rest }: Partial<Network> = before;
  return { ...rest, model: before.model, ...facts, parameters, state };
}

/** Numbers are of no classes. */
function namesOf(
  model: ModelGraph,
  meaning: OutputMeaning | undefined,
  data: Partial<Pick<Batches, 'dataset'>> | undefined,
): readonly string[] | undefined {
  const names = data?.dataset?.classNames;
  return names && meaning !== 'numbers' && namesFit(names, model) ? names : undefined;
}
