import { readFileSync, rmSync, rmdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError, OptionError } from '@striate/core';
import { listCheckpoints } from '@striate/train';

const lockName = 'in-use';

/** What a training run may do with a folder that holds checkpoints of an earlier one. */
export interface RunFolderOptions {
  resume?: boolean;
  overwrite?: boolean;
}

/** The folder of a training run. */
export interface RunFolder {
  path: string;
  /** Folder of its checkpoints. */
  checkpoints: string;
  /** Whether there are any of an earlier run. */
  hasCheckpoints: boolean;
}

/**
 * Makes the folder of a training run, or takes an existing one, and holds it until the process ends, so that no second
 * run writes into it.
 *
 * @throws {OptionError} if it holds checkpoints and `options` say nothing about them
 * @throws {DataError} if it cannot be written, or another process holds it
 */
export async function openRunFolder(path: string, { resume, overwrite }: RunFolderOptions): Promise<RunFolder> {
  const checkpoints = join(path, 'checkpoints');
  const found = await listCheckpoints(checkpoints).catch((cause: unknown) => {
    throw new DataError(`${path}: cannot be read as a folder (${messageOf(cause)}). Choose another --out.`, { cause });
  });
  if (found.length > 0 && !resume && !overwrite) {
    throw new OptionError(
      `${path}: already holds ${found.length === 1 ? 'a checkpoint' : `${found.length} checkpoints`}, the last ${found.at(-1)}. ` +
        'Add --resume to go on from it, --overwrite to remove them, or choose another --out.',
    );
  }
  await hold(path);
  return { path, checkpoints, hasCheckpoints: found.length > 0 };
}

async function hold(path: string): Promise<void> {
  const lock = join(path, lockName);
  try {
    await mkdir(path, { recursive: true });
    if (isAbandoned(lock)) rmSync(lock);
    await writeFile(lock, `${process.pid}\n`, { flag: 'wx' });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') {
      throw new DataError(
        `${path}: another training writes there (process ${readFileSync(lock, 'utf8').trim()}). ` +
          `Wait for it, or choose another --out. If there is none, remove ${lock}.`,
        { cause },
      );
    }
    throw new DataError(`${path}: cannot be written (${messageOf(cause)}). Choose another --out.`, { cause });
  }
  process.once('exit', () => {
    rmSync(lock, { force: true });
    removeIfEmpty(path);
  });
}

/** Whether the process that wrote the lock is gone, or was killed and had the number that we have now. */
function isAbandoned(lock: string): boolean {
  try {
    const holder = Number(readFileSync(lock, 'utf8'));
    if (!(holder > 0) || holder === process.pid) return true;
    process.kill(holder, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // It holds something: that stays.
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
