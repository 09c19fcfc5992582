import {
  OptionError,
  activeBackend,
  describe,
  isRecord,
  readJson,
  requireBackend,
  tidy,
  type Json,
  type ParameterSpec,
} from '@striate/core';
import {
  checkDirectory,
  folderSource,
  checksumFile,
  readChecked,
  checkFinite,
  checkStored,
  longestFile,
  toHost,
  toTensors,
  writeFolder,
} from '@striate/inference/internal';
import { parameterSpecs, stateSpecs, type Model, checkModel } from '@striate/layers';
import { readSafetensors, writeSafetensors, type StoredTensor } from '@striate/weights';
import { checkTrainingState } from '../check-training-state.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import type { TrainingState } from '../training-state.ts';
import { formatVersion, longestTrainingFile, trainingFileSchema, type CheckpointRecord } from './training-file.ts';

const tensorsFile = 'tensors.safetensors';
const trainingFile = 'training.json';
/** Names of all files of a checkpoint's folder. */
export const checkpointFiles: readonly string[] = [tensorsFile, trainingFile, checksumFile];

/** A checkpoint as it was read. */
export interface Checkpoint {
  folder: string;
  /** Its tensors belong to the caller. */
  state: TrainingState;
  /** The optimiser's record. */
  optimizer: { type: string; options: Json };
  /**
   * What is no longer exact when training goes on here (another backend, build or number of threads), and what cannot be
   * checked.
   */
  notes: readonly string[];
}

/**
 * Writes a training state as a folder: `tensors.safetensors` (parameters, moving statistics, optimiser state),
 * `training.json` (step, epoch, sums, history, optimiser, backend) and `SHA256SUMS`. It is there complete or not at all.
 *
 * @throws {DataError} if it cannot be written; older checkpoints are untouched
 * @throws {NumericError} if a tensor holds NaN or an infinity
 * @throws {OptionError} for anything but a path, a training state and an optimiser
 * @example
 * const optimizer = adam();
 * const { state } = await fit(lenet5(), { ...options, optimizer });
 * await writeCheckpoint('runs/a/checkpoint-000938', state, optimizer);
 */
export async function writeCheckpoint(
  folder: string,
  training: TrainingState,
  optimizer: Pick<Optimizer, 'type' | 'options'>,
): Promise<void> {
  checkDirectory('writeCheckpoint', folder);
  checkTrainingState('writeCheckpoint: the state', training);
  if (!isRecord(optimizer) || typeof optimizer.type !== 'string' || !isRecord(optimizer.options)) {
    throw new OptionError(
      `writeCheckpoint: the optimizer is ${describe(optimizer)}, but must be that of the training. Write writeCheckpoint(folder, state, adam()).`,
    );
  }
  const { parameters, state, optimizer: slots, ...rest } = training;
  const lists = Object.entries(slots).map(([slot, values]) => [`optimizer/${slot}`, values] as const);
  const tensors: Record<string, StoredTensor> = {};
  for (const [prefix, values] of [['parameters', parameters] as const, ['state', state] as const, ...lists]) {
    for (const [name, stored] of Object.entries(await toHost(values))) tensors[`${prefix}/${name}`] = stored;
  }
  checkFinite(`checkpoint ${folder}`, tensors);
  const record: CheckpointRecord = {
    formatVersion,
    ...rest,
    optimizer: { type: optimizer.type, options: optimizer.options, slots: Object.keys(slots) },
    madeBy: here(),
  };
  await writeFolder('checkpoint', folder, {
    [tensorsFile]: writeSafetensors(tensors),
    [trainingFile]: new TextEncoder().encode(`${JSON.stringify(record, null, 2)}\n`),
  });
}

/**
 * Reads a checkpoint's folder, for a given model.
 *
 * @throws {DataError} naming the file that is missing or damaged, or the first thing in it that is not of its form or not
 * the model's, or holds NaN
 * @example
 * const { state } = await readCheckpoint('runs/a/checkpoint-000938', lenet5());
 * await fit(lenet5(), { ...options, resume: state });
 */
export async function readCheckpoint(folder: string, model: Model): Promise<Checkpoint> {
  checkDirectory('readCheckpoint', folder);
  const where = `checkpoint ${folder}`;
  if (model === undefined)
    throw new OptionError('readCheckpoint: the model is missing. Write readCheckpoint(folder, model).');
  checkModel('readCheckpoint', model, 'Write readCheckpoint(folder, model), the model being that of the training.');
  requireBackend('readCheckpoint');
  const parameters = parameterSpecs(model);
  const statistics = stateSpecs(model);
  const under = (prefix: string, specs: Record<string, ParameterSpec>): [string, ParameterSpec][] =>
    Object.entries(specs).map(([name, spec]) => [`${prefix}/${name}`, spec]);
  const { record, tensors } = await readChecked(folderSource('checkpoint', folder), async (files) => {
    const written = readJson(
      `${where}: ${trainingFile}`,
      await files.text(trainingFile, longestTrainingFile),
      trainingFileSchema,
    );
    const slots = written.optimizer.slots.flatMap((slot) => under(`optimizer/${slot}`, parameters));
    const network = [...under('parameters', parameters), ...under('state', statistics)];
    const found = `${where}: ${tensorsFile}`;
    const limit = longestFile(Object.fromEntries([...network, ...slots]));
    const stored = readSafetensors(await files.bytes(tensorsFile, limit), found).tensors;
    // Frozen parameters have no slots, but in files of earlier versions; a resume looks at what it needs.
    const kept = slots.filter(([path]) => Object.hasOwn(stored, path));
    checkStored(found, stored, Object.fromEntries([...network, ...kept]));
    return { record: written, tensors: stored };
  });
  const { formatVersion: _, optimizer, madeBy, ...rest } = record;
  const inSlot = (slot: string): Record<string, ParameterSpec> =>
    Object.fromEntries(
      Object.entries(parameters).filter(([name]) => Object.hasOwn(tensors, `optimizer/${slot}/${name}`)),
    );
  const read = (prefix: string, specs: Record<string, ParameterSpec>): TrainingState['parameters'] => {
    const values = toTensors(
      tensors,
      under(prefix, specs).map(([path]) => path),
    );
    return Object.fromEntries(Object.keys(specs).map((name) => [name, values[`${prefix}/${name}`]!]));
  };
  return {
    folder,
    state: {
      ...rest,
      ...tidy(() => ({
        parameters: read('parameters', parameters),
        state: read('state', statistics),
        optimizer: Object.fromEntries(optimizer.slots.map((slot) => [slot, read(`optimizer/${slot}`, inSlot(slot))])),
      })),
    },
    optimizer,
    notes: [...compareMachines(madeBy, here()), ...lackingIn(rest)],
  };
}

/** What a checkpoint of an older version does not tell. */
function lackingIn({ basis }: Pick<TrainingState, 'basis'>): string[] {
  if (!basis) {
    return [
      'The checkpoint was written by a version that kept no digest of the data: that it goes on with the same images and labels, losses, ' +
        'options of the optimizer and of layers was not checked.',
    ];
  }
  if (basis.model) return [];
  return [
    "The checkpoint was written by a version that kept no record of the model: that layers' options are the same was not checked, but for the shapes.",
  ];
}

function here(): CheckpointRecord['madeBy'] {
  const backend = activeBackend();
  return { backend: backend?.name ?? 'unknown', device: backend?.stats().device ?? 'unknown' };
}

function compareMachines(made: CheckpointRecord['madeBy'], now: CheckpointRecord['madeBy']): string[] {
  if (made.backend !== now.backend) {
    return [
      `The checkpoint was made on the backend ${made.backend}, this is ${now.backend}: results will be close, not equal to the bit.`,
    ];
  }
  if (made.device === now.device) return [];
  return [
    `The checkpoint was made on '${made.device}', this is '${now.device}': see the backend's promises for whether results are equal to the bit.`,
  ];
}
