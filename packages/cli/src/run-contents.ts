import fs, { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError, readJson, readRegularFile } from '@striate/core';
import { checkModelFolder } from '@striate/inference';
import { listCheckpoints } from '@striate/train';
import * as v from 'valibot';
import { readIdentity, type RunIdentity } from './run-settings.ts';

/** Name of the file that says which run a folder is. */
export const identityName = 'options.json';
export const historyName = 'history.json';
export const modelName = 'model';
export const checkpointsName = 'checkpoints';

/** Name of the folder into which a run puts what it replaces. */
export const asideName = (run: string): string => `replaced-by-${run}`;
const asideForm = /^replaced-by-([0-9a-f-]{36})$/;

/** What a run's folder holds of ours. */
export interface RunContents {
  /** undefined without an `options.json`. */
  identity: RunIdentity | undefined;
  /** Paths, oldest first. */
  checkpoints: string[];
  hasModel: boolean;
  hasHistory: boolean;
  /** What a run has set aside here, with the run's id. */
  aside: { path: string; run: string }[];
}

/** Bytes: some times what a run writes, were it of a million epochs. */
const [longestIdentity, longestHistory] = [65_536, 2 ** 28];

const historySchema = v.looseObject({
  epochs: v.array(v.looseObject({ epoch: v.number(), loss: v.number() })),
  stopped: v.string(),
});

/**
 * Looks at the folder of a run.
 *
 * @throws {DataError} if something in it has a name that a run needs and is not what a run writes there: it belongs to
 * somebody
 */
export async function lookIntoRun(path: string): Promise<RunContents> {
  const names = await namesIn(path);
  return {
    identity: names.includes(identityName) ? await identityIn(join(path, identityName)) : undefined,
    checkpoints: names.includes(checkpointsName) ? await checkpointsIn(join(path, checkpointsName)) : [],
    hasModel: names.includes(modelName) && (await checkModel(join(path, modelName))),
    hasHistory: names.includes(historyName) && (await checkHistory(join(path, historyName))),
    aside: await asideIn(path, names),
  };
}

/** Folders that runs have made for what they replace. A link or a file of such a name is somebody's. */
async function asideIn(path: string, names: readonly string[]): Promise<RunContents['aside']> {
  const found = names.flatMap((name) => {
    const run = asideForm.exec(name)?.[1];
    return run === undefined ? [] : [{ path: join(path, name), run }];
  });
  for (const { path: aside } of found) await checkKind(aside, 'folder');
  return found;
}

/**
 * Looks whether what a run writes at its end is still its own: somebody may have put a link there meanwhile.
 *
 * @throws {DataError} if a name that a run needs is a link, or of another kind
 */
export async function checkKinds(path: string): Promise<void> {
  const names = await namesIn(path);
  for (const name of [modelName, checkpointsName])
    if (names.includes(name)) await checkKind(join(path, name), 'folder');
  for (const name of [identityName, historyName]) if (names.includes(name)) await checkKind(join(path, name), 'file');
}

async function namesIn(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new DataError(`${path}: cannot be read as a folder (${(cause as Error).message}). Choose another --out.`, {
      cause,
    });
  }
}

async function identityIn(path: string): Promise<RunIdentity> {
  await checkKind(path, 'file');
  try {
    return readIdentity(path, await readRegularFile(fs, path, longestIdentity));
  } catch (cause) {
    throw new DataError(
      `${reasonOf(path, cause)} So it is not what striate train wrote there. Move it away, or choose another --out.`,
      { cause },
    );
  }
}

/** Our own errors name the file; those of the file system need not. */
const reasonOf = (path: string, cause: unknown): string =>
  cause instanceof DataError ? cause.message : `${path}: ${(cause as Error).message}.`;

async function checkpointsIn(path: string): Promise<string[]> {
  await checkKind(path, 'folder');
  const found = await listCheckpoints(path);
  for (const checkpoint of found) await checkKind(checkpoint, 'folder');
  return found;
}

async function checkHistory(path: string): Promise<true> {
  await checkKind(path, 'file');
  try {
    readJson(path, await readRegularFile(fs, path, longestHistory), historySchema);
    return true;
  } catch (cause) {
    throw foreign(path, cause);
  }
}

/** Whether there is one: a folder without anything in it, such as a mount, is none. */
async function checkModel(path: string): Promise<boolean> {
  await checkKind(path, 'folder');
  await checkModelFolder(path);
  return (await readdir(path)).length > 0;
}

/** The files of a checkpoint and of a model, the checksums last: they tell that the others are ours. */
export const writtenFiles = {
  checkpoint: ['tensors.safetensors', 'training.json', 'SHA256SUMS'],
  model: ['weights.safetensors', 'model.json', 'SHA256SUMS'],
} as const;

/** Checks that a checkpoint's folder is empty, or has the files of one and nothing else. */
export async function checkCheckpoint(path: string): Promise<void> {
  await checkKind(path, 'folder');
  const names = await readdir(path);
  if (names.length > 0 && !names.includes('SHA256SUMS')) throw foreign(path);
  for (const name of names) {
    if (!writtenFiles.checkpoint.some((ours) => ours === name)) throw foreign(join(path, name));
    await checkKind(join(path, name), 'file');
  }
}

/** A link is neither: what it names is somewhere else. */
async function checkKind(path: string, kind: 'file' | 'folder'): Promise<void> {
  const found = await lstat(path);
  if (kind === 'file' ? !found.isFile() : !found.isDirectory()) throw foreign(path);
}

const foreign = (path: string, cause?: unknown): DataError =>
  new DataError(
    `${path}: striate train did not write this, but would put its own there. Move it away, or choose another --out.`,
    { cause },
  );
