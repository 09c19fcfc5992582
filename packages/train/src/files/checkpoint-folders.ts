import { checkDirectory, explainFileError, nodeFiles, removeDead, removeUnseen } from '@striate/inference/internal';
import { type Model, checkModel } from '@striate/layers';
import { checkpointFiles, readCheckpoint, type Checkpoint } from './checkpoint.ts';
import {
  finishSettingAside,
  isSetAsideName,
  namesSetAside,
  removeOverwritten,
  setAside,
  setAsideFiles,
} from './set-aside.ts';

const form = /^checkpoint-(\d+)$/;

/** Name of the checkpoint after a step: 'checkpoint-000938'. */
export function checkpointName(step: number): string {
  return `checkpoint-${String(step).padStart(6, '0')}`;
}

/** The step that a checkpoint's folder is named after. */
export function stepOf(folder: string): number {
  return Number(/checkpoint-(\d+)$/.exec(folder)?.[1]);
}

/**
 * Paths of the checkpoints in a folder, oldest first; [] if there is no such folder. What is still being written, was
 * left half written or is set aside does not count.
 *
 * @throws {DataError} if it is no folder or cannot be read
 * @example
 * await listCheckpoints('runs/a'); // ['runs/a/checkpoint-000500', 'runs/a/checkpoint-000938']
 */
export async function listCheckpoints(directory: string): Promise<string[]> {
  const { path } = await nodeFiles();
  checkDirectory('listCheckpoints', directory);
  const entries = await namesIn(directory);
  const gone = await namesSetAside(directory, entries);
  const names = entries.filter((name) => form.test(name) && !gone.has(name));
  return names.toSorted((a, b) => stepOf(a) - stepOf(b)).map((name) => path.join(directory, name));
}

/**
 * Sets a folder's checkpoints aside before another run takes their place: they lie in `overwritten` beside them (or
 * `overwritten-2`, ...) and are no longer found by {@link listCheckpoints} and {@link latestCheckpoint}, whatever
 * happens while they are moved. `checkpoints(directory, { overwrite: true })` does this as training begins, unless it
 * was done before, and removes them once the new run has written its first checkpoint.
 *
 * @returns the folder that has them now; undefined if there were none
 * @throws {DataError} if the folder cannot be written, or a checkpoint holds files that are not its own
 * @example
 * await setAsideCheckpoints('runs/a'); // 'runs/a/overwritten'
 */
export async function setAsideCheckpoints(directory: string): Promise<string | undefined> {
  checkDirectory('setAsideCheckpoints', directory);
  await tidyUp(directory);
  return setAsideAfter(directory, undefined);
}

/** Sets aside the checkpoints after a step, or all. */
export async function setAsideAfter(directory: string, after: number | undefined): Promise<string | undefined> {
  const { path } = await nodeFiles();
  const names = (await listCheckpoints(directory))
    .filter((folder) => after === undefined || stepOf(folder) > after)
    .map((folder) => path.basename(folder));
  if (names.length === 0) return undefined;
  return setAside(directory, names, { after, files: checkpointFiles }).catch((cause: unknown) => {
    throw explainFileError(`checkpoints ${directory}: could not be set aside`, cause);
  });
}

/** Ends or undoes what interrupted writes and moves left behind. */
export async function tidyUp(directory: string): Promise<void> {
  const entries = await namesIn(directory);
  if (entries.length === 0) return;
  try {
    await finishSettingAside(directory, entries);
    const isOurs = (name: string): boolean => form.test(name) || isSetAsideName(name);
    await removeDead(directory, isOurs, (name) => (form.test(name) ? checkpointFiles : setAsideFiles));
  } catch (cause) {
    throw explainFileError(`checkpoints ${directory}: could not be put in order`, cause);
  }
}

/**
 * Removes checkpoints. Each loses its name first, so that none is ever found half removed. One that holds anything else
 * than a checkpoint's files stays.
 */
export async function removeCheckpoints(folders: readonly string[]): Promise<void> {
  for (const folder of folders) await removeUnseen(folder, checkpointFiles);
}

/** Removes the checkpoints that were set aside to be overwritten. */
export async function forgetOverwritten(directory: string): Promise<void> {
  await removeOverwritten(directory, await namesIn(directory), checkpointFiles);
}

/**
 * Reads the newest checkpoint in a folder. One that is damaged is an error, never passed over in silence; to go on from
 * an older one, remove the damaged folder.
 *
 * @returns undefined if there is none
 * @throws {DataError} naming the file that is damaged, or the first tensor that is not the model's
 * @example
 * const found = await latestCheckpoint('runs/a', lenet5());
 * await fit(lenet5(), { ...options, ...(found && { resume: found.state }) });
 */
export async function latestCheckpoint(directory: string, model: Model): Promise<Checkpoint | undefined> {
  checkModel('latestCheckpoint', model);
  const newest = (await listCheckpoints(directory)).at(-1);
  return newest === undefined ? undefined : readCheckpoint(newest, model);
}

async function namesIn(directory: string): Promise<string[]> {
  const { fs } = await nodeFiles();
  try {
    return await fs.readdir(directory);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw explainFileError(`checkpoints ${directory}: cannot be read`, cause);
  }
}
