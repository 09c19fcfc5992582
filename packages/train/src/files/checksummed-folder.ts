import { DataError } from '@striate/core';
import { nodeFiles } from './node-files.ts';
import { missingFile, tooLong, withChecksums, type Files, type FileSource } from './checksums.ts';

/** Ending of a folder's name while it is being written. */
export const partialEnding = '.partial';
/** Ending of the name of a folder that is being replaced. */
export const replacedEnding = '.replaced';

/**
 * Writes a folder of files so that it is either there and complete, or not there at all: under a temporary name first,
 * synced to the disk, then renamed. A folder of that name is replaced.
 *
 * @param what what the errors call it: 'checkpoint'
 * @throws {DataError} if it cannot be written (no space, no permission); what was there before is left as it was
 */
export async function writeFolder(what: string, folder: string, files: Files): Promise<void> {
  const { fs, path } = await nodeFiles();
  const parent = path.dirname(path.resolve(folder));
  const partial = `${path.resolve(folder)}${partialEnding}`;
  const all = await withChecksums(files);
  let writing = partial;
  try {
    await fs.mkdir(parent, { recursive: true });
    await fs.rm(partial, { recursive: true, force: true });
    await fs.mkdir(partial);
    for (const [name, bytes] of Object.entries(all)) {
      writing = path.join(partial, name);
      await fs.writeFile(writing, bytes, { flush: true });
    }
    await sync(partial);
    writing = folder;
    await moveInto(partial, path.resolve(folder));
    await sync(parent);
  } catch (cause) {
    await fs.rm(partial, { recursive: true, force: true }).catch(() => undefined);
    throw new DataError(writeFailure(what, folder, writing, sizeOfAll(all), cause), { cause });
  }
}

/** A folder as a source of files. */
export function folderSource(what: string, folder: string): FileSource {
  const where = `${what} ${folder}`;
  return {
    where,
    async read(name, limit) {
      const { fs, path } = await nodeFiles();
      const file = path.join(folder, name);
      try {
        const { size } = await fs.stat(file);
        if (size > limit) throw tooLong(where, name, limit);
        // A plain array: the slices of Node's own Buffer are no copies.
        return new Uint8Array(await fs.readFile(file));
      } catch (cause) {
        if (cause instanceof DataError) throw cause;
        throw await readFailure(where, folder, name, cause);
      }
    },
  };
}

/** Renames a folder; one of the new name that is already there makes way first and is removed last. */
async function moveInto(from: string, to: string): Promise<void> {
  const { fs } = await nodeFiles();
  const aside = `${to}${replacedEnding}`;
  if (await exists(to)) {
    await fs.rm(aside, { recursive: true, force: true });
    await fs.rename(to, aside);
  }
  try {
    await fs.rename(from, to);
  } catch (error) {
    await fs.rename(aside, to).catch(() => undefined);
    throw error;
  }
  await fs.rm(aside, { recursive: true, force: true });
}

async function exists(path: string): Promise<boolean> {
  const { fs } = await nodeFiles();
  return fs.stat(path).then(
    () => true,
    () => false,
  );
}

/** Makes sure that a folder's list of names is on the disk. */
async function sync(folder: string): Promise<void> {
  const { fs, platform } = await nodeFiles();
  // Windows keeps no such list apart and refuses to open a folder.
  if (platform === 'win32') return;
  const handle = await fs.open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const reasons: Record<string, string> = {
  ENOSPC: 'there is no space left on the disk',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'there is no permission to write there',
  EPERM: 'there is no permission to write there',
  EROFS: 'the disk can only be read',
  ENOTDIR: 'a part of the path is a file, not a folder',
};

function writeFailure(what: string, folder: string, writing: string, bytes: number, cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  const reason = reasons[code] ?? String(cause);
  return (
    `${what} ${folder}: could not be written (${writing}): ${reason}. It needs ${bytes} bytes. ` +
    `What was saved before is untouched. Make room or choose another folder, then go on from there.`
  );
}

async function readFailure(where: string, folder: string, name: string, cause: unknown): Promise<DataError> {
  if ((cause as NodeJS.ErrnoException).code !== 'ENOENT')
    return new DataError(`${where}: ${name} cannot be read: ${String(cause)}.`, { cause });
  if (await exists(folder)) return missingFile(where, name, cause);
  const aside = `${folder}${replacedEnding}`;
  if (await exists(aside)) {
    return new DataError(
      `${where}: is not there, but ${aside} is: its replacement was interrupted. Rename that back.`,
      { cause },
    );
  }
  return new DataError(`${where}: is not there.`, { cause });
}

function sizeOfAll(files: Files): number {
  return Object.values(files).reduce((sum, { length }) => sum + length, 0);
}
