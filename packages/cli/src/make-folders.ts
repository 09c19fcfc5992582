import { mkdir, rmdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and those above it, one level after another: Node's own recursive `mkdir` never ends where a level
 * cannot be made and its parent says so with ENOENT, as in /proc.
 *
 * @returns the folders that were made, outermost first
 * @throws the file system's error
 */
export async function makeFolders(path: string): Promise<string[]> {
  const missing: string[] = [];
  for (let folder = resolve(path); !(await isThere(folder)); folder = dirname(folder)) missing.unshift(folder);
  const made: string[] = [];
  for (const folder of missing) {
    try {
      await mkdir(folder);
      made.push(folder);
    } catch (error) {
      // Another process was quicker.
      if (!(await isFolder(folder))) throw error;
    }
  }
  return made;
}

/** Removes folders, innermost first, that hold nothing; the first that holds something stays, with those around it. */
export async function removeEmptyFolders(made: readonly string[]): Promise<void> {
  for (const folder of made.toReversed()) {
    try {
      await rmdir(folder);
    } catch {
      return;
    }
  }
}

const isThere = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );

const isFolder = async (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
