import { DataError, type Json } from '@striate/core';
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
 * Saves a network as a folder: `model.json` (layers, formatVersion, preprocessing, class names), `weights.safetensors`
 * (parameters and moving statistics) and `SHA256SUMS`. Whoever reads the folder finds all of it or nothing; one that
 * is already there is replaced.
 *
 * @throws {DataError} if it cannot be written; what was there before is untouched
 * @throws {OptionError} if a layer holds a function, which cannot be saved
 * @example
 * await save(network, 'runs/a/model', { preprocessing, classNames: ['cat', 'dog'] });
 */
export async function save(network: Network, directory: string, card: ModelCard = {}): Promise<void> {
  await writeFolder('model', directory, await filesOf(network, card));
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
  return withChecksums(await filesOf(network, card));
}

async function filesOf(network: Network, { preprocessing, classNames }: ModelCard): Promise<Files> {
  const card = { formatVersion, preprocessing, classNames, graph: modelToJson(network.model) };
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
 * @returns the network, whose tensors belong to the caller, and what was saved with it
 * @throws {DataError} naming the file that is missing or damaged, or the first weight that does not fit the layers
 * @throws {OptionError} for an unknown type: what to pass
 * @example
 * const { network, classNames } = await load('runs/a/model');
 * // In a page:
 * const fetched = await load(new URL('digits/', location.href));
 * const dropped = await load(event.dataTransfer.files);
 */
export async function load(source: ModelSource, options: LoadOptions = {}): Promise<LoadedModel> {
  const from = modelSource(source);
  const { where } = from;
  const files = await readChecked(from, [modelFile, weightsName]);
  const { graph, preprocessing, classNames } = readCard(where, files[modelFile]!);
  const model = modelFromJson(graph, options);
  const { tensors } = readSafetensors(files[weightsName]!, `${where}: ${weightsName}`);
  const parameters = parameterSpecs(model);
  const state = stateSpecs(model);
  checkShapes(`${where}: ${weightsName}`, tensors, { ...parameters, ...state });
  return {
    network: {
      model,
      parameters: toTensors(tensors, Object.keys(parameters)),
      state: toTensors(tensors, Object.keys(state)),
    },
    ...(preprocessing && { preprocessing }),
    ...(classNames && { classNames }),
  };
}

function readCard(where: string, bytes: Uint8Array): ModelCard & { graph: Json } {
  const card = JSON.parse(new TextDecoder().decode(bytes)) as ModelCard & { formatVersion: unknown; graph: Json };
  if (card.formatVersion === formatVersion) return card;
  throw new DataError(
    `${where}: ${modelFile} has formatVersion ${String(card.formatVersion)}, but this version reads ${formatVersion}. Use the version that wrote it.`,
  );
}
