import { constants, copyFileSync, linkSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '@striate/core';
import { readHolder, silenceOf, type BareHolder, type Holder } from './lock-file.ts';
import { isRunning, thisProcess } from './process-identity.ts';

/** A holder that cannot be looked at is given up after so long without a beat. */
export const longestSilence = 120_000;

/** Is told what a holder that is gone has left, in which file, and may refuse by throwing; its lock then stays. */
export type Follow = (holder: Holder, path: string) => void;

/** A lock that is another's, and our own that would take its place. */
export interface Rivalry {
  folder: string;
  path: string;
  /** Our own file, just written: its time is the file system's now, whatever this machine's clock says. */
  own: string;
  holder: Holder | BareHolder;
}

/**
 * Whether a lock may be followed: its holder is gone.
 *
 * @throws {DataError} if it is not, or cannot be seen and has shown life of late
 */
export function mayFollow({ folder, path, own, holder }: Rivalry, follow?: Follow): boolean {
  if (!('run' in holder)) {
    const { start: _, ...here } = thisProcess();
    // A process with our own number was another one.
    if (holder.pid !== here.pid && isRunning({ ...here, pid: holder.pid }) !== false) {
      throw new DataError(
        `${folder}: another training writes there (process ${holder.pid}). Wait for it, or choose another --out. If there is none, remove ${path}.`,
      );
    }
    return true;
  }
  const running = isRunning(holder);
  const silence = running === 'unknown' ? silenceOf(path, own) : undefined;
  if (silence === undefined && running !== false) throw new DataError(`${occupied(folder, holder)}.`);
  if (silence !== undefined && silence < longestSilence) {
    const wait = Math.ceil((longestSilence - silence) / 1000);
    throw new DataError(
      `${occupied(folder, holder)}, whose process cannot be seen from here; if it is gone, the folder is free in ${wait} s.`,
    );
  }
  follow?.(holder, path);
  return true;
}

const occupied = (folder: string, { pid, host, since }: Holder): string =>
  `${folder}: another training writes there. Wait for it, or choose another --out. It is process ${pid} on ${host}, since ${since}`;

/**
 * Puts our own file in a stale lock's place. Many may try at once: the right to do so is a file that carries the stale
 * lock's token, which only one can make, and which is void once the lock is another; who dies with that right has left
 * a stale file again, which is followed in the same way.
 *
 * @returns false if the lock has changed meanwhile
 */
export function takeOver(path: string, stale: Holder | BareHolder, own: string): boolean {
  const left: { path: string; token: string }[] = [{ path, token: stale.token }];
  const folder = join(path, '..');
  let right = rightAfter(path, stale.token);
  while (!placeAlone(own, right)) {
    const other = readHolder(right, folder);
    if (!other) return false;
    mayFollow({ folder, path: right, own, holder: other });
    left.push({ path: right, token: other.token });
    right = rightAfter(path, other.token);
  }
  try {
    if (!left.every((file) => readHolder(file.path, folder)?.token === file.token)) return false;
    // At once: there is no moment without a lock, in which a third could make one.
    renameSync(own, path);
    for (const { path: done } of left.slice(1)) rmSync(done, { force: true });
    return true;
  } finally {
    rmSync(right, { force: true });
  }
}

const rightAfter = (path: string, token: string): string => `${path}-after-${token}`;

/** Gives a file a second name that nothing has yet; false if something has it. */
export function placeAlone(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    // File systems without links, such as those of memory cards.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw error;
    return copyAlone(own, path);
  }
}

function copyAlone(own: string, path: string): boolean {
  try {
    copyFileSync(own, path, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
