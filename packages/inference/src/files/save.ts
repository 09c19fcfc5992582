import {
  DataError,
  OptionError,
  ShapeError,
  checkKinds,
  checkOptionNames,
  readJson,
  requireBackend,
  tidy,
} from '@striate/core';
import {
  modelFromJson,
  modelToJson,
  parameterSpecs,
  stateSpecs,
  type LoadOptions,
  type Network,
  checkNetwork,
} from '@striate/layers';
import { readSafetensors, writeSafetensors } from '@striate/weights';
import { meaningBefore } from '../output-meaning.ts';
import { checkDirectory } from './check-directory.ts';
import { readChecked, withChecksums, type Files } from './checksums.ts';
import { checkFinite, checkStored, longestFile, toHost, toTensors } from './host-values.ts';
import {
  checkFacts,
  checkFactsFit,
  formatVersion,
  longestModelFile,
  modelFileSchema,
  type ModelFile,
} from './model-file.ts';
import { modelSource, type ModelRequest, type ModelSource } from './model-source.ts';
import { checkWritable, writeFolder } from './write-folder.ts';

const modelFile = 'model.json';
const weightsName = 'weights.safetensors';

/** What {@link load} needs besides the model's files. */
export interface LoadModelOptions extends LoadOptions {
  /** How to ask for files at a URL, as `fetch` takes it: headers, credentials, a signal that stops it. */
  request?: ModelRequest;
}

/** What {@link load} gives: the network, and beside it what it knows of pictures and classes. */
export interface LoadedModel extends Pick<Network, 'preprocessing' | 'classNames'> {
  network: Network;
}

/**
 * Saves a network with all that it knows as a folder: `model.json` (layers, formatVersion, what the outputs mean, preprocessing,
 * class names),
 * `weights.safetensors` (parameters and moving statistics) and `SHA256SUMS`. Whoever reads the folder finds the whole
 * model, that before or this one, also where saving is killed.
 *
 * A folder that holds a model that `save` wrote gets this one instead; it stays the same folder, so links, mounts and
 * permissions hold. A folder that holds anything else is refused, as is a model whose files were changed since: nothing
 * that Striate did not write is replaced or removed. Of two that save into one folder at once, one gets an error.
 *
 * @param directory a path: of a folder that is not there yet, of an empty one, or of a saved model
 * @throws {DataError} if it cannot be written or holds other things, naming some; what was there before is untouched
 * @throws {OptionError} if a layer holds a function, which cannot be saved, class names or preprocessing do not fit the
 * model, and for anything but a network, or one with a member that no file keeps
 * @throws {NumericError} if a value is NaN or infinite
 * @example
 * await save(network, 'runs/a/model');
 * // With names of one's own: await save({ ...network, classNames: ['cat', 'dog'] }, 'runs/a/model');
 */
export async function save(network: Network, directory: string): Promise<void> {
  checkDirectory('save', directory);
  await writeFolder('model', directory, await filesOf('save', network));
}

/**
 * Checks that {@link save} can write into a folder, before a long training: it holds nothing that Striate did not write,
 * and may be written.
 *
 * @throws {DataError} if not, saying why and what to do
 * @throws {OptionError} if it is no path
 * @example
 * await checkModelFolder('runs/a/model');
 */
export async function checkModelFolder(directory: string): Promise<void> {
  checkDirectory('checkModelFolder', directory);
  await checkWritable('model', directory, [modelFile, weightsName]);
}

/**
 * The files that {@link save} writes, as bytes by name: for a page, which has no folders, to offer as downloads.
 *
 * @throws {OptionError} if a layer holds a function, which cannot be saved, or class names or preprocessing do not fit the
 * model
 * @throws {NumericError} if a value is NaN or infinite
 * @example
 * const files = await modelFiles(network);
 * const { network: again } = await load(files);
 */
export async function modelFiles(network: Network): Promise<Record<string, Uint8Array>> {
  return withChecksums(await filesOf('modelFiles', network));
}

const members = ['model', 'parameters', 'state', 'outputMeaning', 'classNames', 'preprocessing'];

async function filesOf(where: string, network: Network): Promise<Files> {
  checkNetwork(where, network);
  // What no file keeps would be lost in silence.
  checkOptionNames(`${where}: the network`, network, members);
  checkFacts(where, network, network.model, (message) => new OptionError(message));
  // Null says that nobody knows, which files of before do not say.
  const { model, preprocessing, classNames, outputMeaning = null } = network;
  const card = { formatVersion, preprocessing, classNames, outputMeaning, graph: modelToJson(model) };
  const weights = await toHost({ ...network.parameters, ...network.state });
  checkFinite(where, weights);
  const json = new TextEncoder().encode(`${JSON.stringify(card, null, 2)}\n`);
  if (json.length > longestModelFile) {
    throw new OptionError(
      `${where}: ${modelFile} would have ${json.length} bytes, but may have ${longestModelFile}. Give shorter class names, or fewer layers.`,
    );
  }
  return {
    [modelFile]: json,
    [weightsName]: writeSafetensors(weights),
  };
}

/**
 * Reads what {@link save} wrote, wherever it is: the folder is all that a page needs.
 *
 * @param source a folder's path; in a page its URL, or the files of a folder that was dropped on it; or the files'
 * bytes by name
 * @param options `kinds` that are not part of Striate: layers, initialisers, penalties, constraints, activations;
 * `request` with headers, credentials or a signal for files at a URL, whose query is kept
 * @returns the network, whose tensors belong to the caller, and beside it the preprocessing and class names that it knows; a network of before outputs were
 * saved with what they mean is taken for one of classes
 * @throws {DataError} naming the file that is missing or damaged, or the first thing in it that is not of its form or does
 * not fit the layers, as a weight that is NaN; if a server falls silent for 30 s
 * @throws {OptionError} for an unknown type: what to pass
 * @example
 * const { network, classNames } = await load('runs/a/model');
 * // In a page:
 * const fetched = await load(new URL('digits/', location.href));
 * const dropped = await load(event.dataTransfer.files);
 */
export async function load(source: ModelSource, options: LoadModelOptions = {}): Promise<LoadedModel> {
  checkOptionNames('load', options, ['kinds', 'request'], "load('runs/a/model', { kinds: [myLayer] })");
  if (options.kinds !== undefined) checkKinds('load', options.kinds);
  requireBackend('load');
  const { request, ...others } = options;
  const from = modelSource(source, request);
  const { where } = from;
  const { model, card, tensors } = await readChecked(from, async (files) => {
    const read = readJson(`${where}: ${modelFile}`, await files.text(modelFile, longestModelFile), modelFileSchema);
    const made = inFile(`${where}: ${modelFile}`, () => modelFromJson(read.graph, others));
    const wanted = { ...parameterSpecs(made), ...stateSpecs(made) };
    checkFactsFit(`${where}: ${modelFile}`, factsIn(read), made, (message) => new DataError(message));
    const weights = `${where}: ${weightsName}`;
    const stored = readSafetensors(await files.bytes(weightsName, longestFile(wanted)), weights).tensors;
    checkStored(weights, stored, wanted);
    return { model: made, card: read, tensors: stored };
  });
  const { outputMeaning } = card;
  const meaning = outputMeaning === undefined ? meaningBefore(model) : outputMeaning;
  const values = tidy(() => ({
    parameters: toTensors(tensors, Object.keys(parameterSpecs(model))),
    state: toTensors(tensors, Object.keys(stateSpecs(model))),
  }));
  const facts = factsIn(card);
  return { network: { model, ...values, ...(meaning !== null && { outputMeaning: meaning }), ...facts }, ...facts };
}

/** What a file says of pictures and classes. */
function factsIn({ preprocessing, classNames }: ModelFile): Pick<Network, 'preprocessing' | 'classNames'> {
  return { ...(preprocessing && { preprocessing }), ...(classNames && { classNames }) };
}

/** Does what is done with a file's content, whose errors then say which file it is. */
function inFile<Result>(where: string, work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    const Kind = [OptionError, ShapeError, DataError].find((kind) => cause instanceof kind);
    throw Kind ? new Kind(`${where}: ${(cause as Error).message}`, { cause }) : cause;
  }
}
