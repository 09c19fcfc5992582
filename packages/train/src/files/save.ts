import {
  DataError,
  checkOptions,
  checkOutputMeaning,
  requireBackend,
  tidy,
  type Json,
  type OutputMeanings,
} from '@striate/core';
import type { Preprocessing } from '@striate/data';
import {
  modelFromJson,
  modelToJson,
  parameterSpecs,
  stateSpecs,
  type LoadOptions,
  type Network,
} from '@striate/layers';
import { readSafetensors } from '@striate/weights';
import { checkNetwork } from '../check-network.ts';
import { meaningBefore } from '../output-meaning.ts';
import { writeFolder } from './checksummed-folder.ts';
import { readChecked, withChecksums, type Files } from './checksums.ts';
import { checkShapes, toTensors } from './host-values.ts';
import { modelSource, type ModelSource } from './model-source.ts';
import { weightsFile } from './weights-sha256.ts';

const formatVersion = 1;
const modelFile = 'model.json';
const weightsName = 'weights.safetensors';

/** What a saved model knows besides its layers and weights. */
export interface ModelCard {
  /** How pixels become inputs. */
  preprocessing?: Preprocessing;
  /** Name of each class, in the order of the outputs. */
  classNames?: readonly string[];
}

/** What {@link load} gives. */
export interface LoadedModel extends ModelCard {
  network: Network;
}

/**
 * Saves a network as a folder: `model.json` (layers, formatVersion, what the outputs mean,
 * preprocessing, class names), `weights.safetensors`
 * (parameters and moving statistics) and `SHA256SUMS`. Whoever reads the folder finds all of it or nothing; one that
 * is already there is replaced.
 *
 * @throws {DataError} if it cannot be written; what was there before is untouched
 * @throws {OptionError} if a layer holds a function, which cannot be saved, and for anything but a network
 * @example
 * await save(network, 'runs/a/model', { preprocessing, classNames: ['cat', 'dog'] });
 */
export async function save(network: Network, directory: string, card: ModelCard = {}): Promise<void> {
  await writeFolder('model', directory, await filesOf('save', network, card));
}

/**
 * The files that {@link save} writes, as bytes by name: for a page, which has no folders, to offer as downloads.
 *
 * @throws {OptionError} if a layer holds a function, which cannot be saved
 * @example
 * const files = await modelFiles(network, { preprocessing, classNames });
 * const { network: again } = await load(files);
 */
export async function modelFiles(network: Network, card: ModelCard = {}): Promise<Record<string, Uint8Array>> {
  return withChecksums(await filesOf('modelFiles', network, card));
}

async function filesOf(where: string, network: Network, given: ModelCard): Promise<Files> {
  checkNetwork(where, network);
  checkOptions(
    `${where}: card`,
    given,
    { preprocessing: true, classNames: true },
    `${where}(network, ..., { preprocessing, classNames })`,
  );
  const { preprocessing, classNames } = given;
  // Null says that nobody knows, which files of before do not say.
  const { model, outputMeaning = null } = network;
  const card = { formatVersion, preprocessing, classNames, outputMeaning, graph: modelToJson(model) };
  return {
    [modelFile]: new TextEncoder().encode(`${JSON.stringify(card, null, 2)}\n`),
    [weightsName]: await weightsFile(network),
  };
}

/**
 * Reads what {@link save} wrote, wherever it is: the folder is all that a page needs.
 *
 * @param source a folder's path; in a page its URL, or the files of a folder that was dropped on it; or the files'
 * bytes by name
 * @param options factories of what is not part of Striate, by type: `layers`, and `functions` (initialisers, penalties,
 * constraints, activations)
 * @returns the network, whose tensors belong to the caller, and what was saved with it; a network of before outputs were
 * saved with what they mean is taken for one of classes
 * @throws {DataError} naming the file that is missing or damaged, or the first weight that does not fit the layers
 * @throws {OptionError} for an unknown type: what to pass
 * @example
 * const { network, classNames } = await load('runs/a/model');
 * // In a page:
 * const fetched = await load(new URL('digits/', location.href));
 * const dropped = await load(event.dataTransfer.files);
 */
export async function load(source: ModelSource, options: LoadOptions = {}): Promise<LoadedModel> {
  requireBackend('load');
  const from = modelSource(source);
  const { where } = from;
  const files = await readChecked(from, [modelFile, weightsName]);
  const { graph, preprocessing, classNames, outputMeaning } = readCard(where, files[modelFile]!);
  const model = modelFromJson(graph, options);
  const meaning = outputMeaning === undefined ? meaningBefore(model) : outputMeaning;
  const { tensors } = readSafetensors(files[weightsName]!, `${where}: ${weightsName}`);
  const parameters = parameterSpecs(model);
  const state = stateSpecs(model);
  checkShapes(`${where}: ${weightsName}`, tensors, { ...parameters, ...state });
  const values = tidy(() => ({
    parameters: toTensors(tensors, Object.keys(parameters)),
    state: toTensors(tensors, Object.keys(state)),
  }));
  return {
    network: { model, ...values, ...(meaning !== null && { outputMeaning: meaning }) },
    ...(preprocessing && { preprocessing }),
    ...(classNames && { classNames }),
  };
}

interface SavedCard extends ModelCard {
  /** Null if nobody knew; left out by versions that did not ask. */
  outputMeaning?: OutputMeanings | null;
  graph: Json;
}

function readCard(where: string, bytes: Uint8Array): SavedCard {
  const card = JSON.parse(new TextDecoder().decode(bytes)) as SavedCard & { formatVersion: unknown };
  if (card.formatVersion !== formatVersion) {
    throw new DataError(
      `${where}: ${modelFile} has formatVersion ${String(card.formatVersion)}, but this version reads ${formatVersion}. Use the version that wrote it.`,
    );
  }
  const { outputMeaning } = card;
  if (outputMeaning !== undefined && outputMeaning !== null) {
    try {
      checkOutputMeaning(`${where}: ${modelFile}`, outputMeaning);
    } catch (cause) {
      throw new DataError((cause as Error).message, { cause });
    }
  }
  return card;
}
