import { lstat, mkdir, readdir, rename, rm, rmdir, unlink } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { DataError } from '@striate/core';
import { shellWord } from './command-line.ts';
import {
  asideName,
  checkCheckpoint,
  checkpointsName,
  historyName,
  identityName,
  lookIntoRun,
  modelName,
  writtenFiles,
  type RunContents,
} from './run-contents.ts';

/**
 * Moves all that a run's folder holds of ours into `replaced-by-RUN` in it, the identity last: until the new run has
 * written its own, what is in there can be put back by {@link putBack}, whatever was interrupted.
 */
export async function setAside(path: string, run: string, contents: RunContents): Promise<void> {
  // Before the first move: what somebody has put into a folder of ours must not go with it.
  for (const checkpoint of contents.checkpoints) await checkCheckpoint(checkpoint);
  const entries = [
    ...(contents.hasHistory ? [historyName] : []),
    ...(contents.hasModel ? [modelName] : []),
    ...contents.checkpoints.map((checkpoint) => relative(path, checkpoint)),
    ...contents.aside.map((aside) => relative(path, aside.path)),
    ...(contents.identity ? [identityName] : []),
  ];
  if (entries.length === 0) return;
  const aside = join(path, asideName(run));
  await mkdir(aside);
  if (contents.checkpoints.length > 0) await mkdir(join(aside, checkpointsName));
  for (const entry of entries) await rename(join(path, entry), join(aside, entry));
}

/**
 * Moves back what was set aside: what a run writes, by its names. Whatever else lies there stays, with the folder.
 *
 * @throws {DataError} if something in it has such a name and is not what a run writes there; nothing is moved then
 */
export async function putBack(path: string, aside: string): Promise<void> {
  const { aside: nested } = await lookIntoRun(aside);
  const ours = new Set([
    identityName,
    historyName,
    modelName,
    checkpointsName,
    ...nested.map((inner) => basename(inner.path)),
  ]);
  for (const name of (await readdir(aside)).filter((found) => ours.has(found))) {
    const entries = name === checkpointsName ? await readdir(join(aside, name)) : undefined;
    if (!entries) {
      await moveBack(join(aside, name), join(path, name));
      continue;
    }
    await mkdir(join(path, name)).catch(ignoring('EEXIST'));
    for (const entry of entries) await moveBack(join(aside, name, entry), join(path, name, entry));
    await removeIfEmpty(join(aside, name));
  }
  await removeIfEmpty(aside);
}

/** The same for a person, where a run has saved nothing and has ended: a line for a shell. */
export function putBackCommand(path: string, aside: string): string {
  const [folder, kept, ...own] = [path, aside, join(path, identityName), join(path, checkpointsName)].map(shellWord);
  return `rm -rf ${own.join(' ')} && mv ${kept}/* ${folder} && rmdir ${kept}`;
}

async function moveBack(from: string, to: string): Promise<void> {
  const isTaken = await lstat(to).then(
    () => true,
    () => false,
  );
  if (isTaken) {
    throw new DataError(
      `${to}: is in the way of what an interrupted start has set aside in ${dirname(from)}. Move it away.`,
    );
  }
  await rename(from, to);
}

/**
 * Removes what was set aside: each file that a run writes, by its name. Whatever else was put there stays, with the
 * folders around it.
 *
 * @returns whether nothing is left
 */
export async function discard(aside: string): Promise<boolean> {
  for (const { name, isLink, isFile } of await entriesOf(aside)) {
    const path = join(aside, name);
    // What a link leads to is somebody's.
    if (isLink) continue;
    if (isFile) {
      if (name === identityName || name === historyName) await unlink(path);
    } else if (name === modelName) await discardFolder(path, writtenFiles.model);
    else if (name === checkpointsName) {
      for (const checkpoint of await entriesOf(path)) {
        if (!checkpoint.isLink && !checkpoint.isFile)
          await discardFolder(join(path, checkpoint.name), writtenFiles.checkpoint);
      }
      await removeIfEmpty(path);
    } else if (name.startsWith(asideName(''))) await discard(path);
  }
  return removeIfEmpty(aside);
}

async function entriesOf(folder: string): Promise<{ name: string; isLink: boolean; isFile: boolean }[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.map((entry) => ({ name: entry.name, isLink: entry.isSymbolicLink(), isFile: !entry.isDirectory() }));
}

/** A save that was killed leaves its new files in such a folder within the model's. */
const unfinished = /^\.partial-[0-9a-f]{12}-\d+-[0-9a-f]{12}$/;

async function discardFolder(path: string, names: readonly string[]): Promise<void> {
  for (const inner of await entriesOf(path)) {
    if (inner.isLink || inner.isFile || !unfinished.test(inner.name)) continue;
    for (const name of names) await rm(join(path, inner.name, name), { force: true });
    await removeIfEmpty(join(path, inner.name));
  }
  for (const name of names) await rm(join(path, name), { force: true });
  await removeIfEmpty(path);
}

const removeIfEmpty = (path: string): Promise<boolean> =>
  rmdir(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOTEMPTY' || error.code === 'EEXIST' || error.code === 'ENOTDIR') return false;
      throw error;
    },
  );

const ignoring =
  (code: string) =>
  (error: NodeJS.ErrnoException): void => {
    if (error.code !== code) throw error;
  };
