import { DataError, readRegularFile } from '@striate/core';
import { checksumFile, missingFile, tooLong, type FileSource } from './checksums.ts';
import { fileReason } from './file-errors.ts';
import { findStaged } from './folder-contents.ts';
import { explainMisplaced } from './misplaced-folder.ts';
import { nodeFiles } from './node-files.ts';

/** A folder as a source of files. */
export function folderSource(what: string, folder: string): FileSource {
  const where = `${what} ${folder}`;
  return {
    where,
    async read(name, limit) {
      const { fs, path } = await nodeFiles();
      const file = path.join(folder, name);
      try {
        return await readRegularFile(fs, file, limit);
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === 'EFBIG') throw tooLong(where, name, limit);
        throw await readFailure(what, folder, name, cause);
      }
    },
    find: async (name, digest) => (await findStaged(folder, name, digest))?.bytes,
    async version() {
      const { fs, path } = await nodeFiles();
      const entry = await fs.stat(path.join(folder, checksumFile), { bigint: true }).catch(() => undefined);
      return entry ? `${entry.ino} ${entry.mtimeNs}` : '';
    },
  };
}

async function readFailure(what: string, folder: string, name: string, cause: unknown): Promise<DataError> {
  const where = `${what} ${folder}`;
  if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') {
    const { is, mend } = fileReason(cause);
    return new DataError(`${where}: ${name} cannot be read: ${is}. ${mend}.`, { cause });
  }
  if (await exists(folder)) {
    const misplaced = await explainMisplaced(what, folder);
    if (misplaced === undefined) return missingFile(where, name, cause);
    return new DataError(`${where}: ${name} is missing: ${misplaced}.`, { cause });
  }
  // Until now, a folder had no name of its own while it was being replaced.
  const aside = `${folder}.replaced`;
  if (await exists(aside)) {
    return new DataError(
      `${where}: is not there, but ${aside} is: its replacement was interrupted. Rename that back.`,
      { cause },
    );
  }
  return new DataError(`${where}: is not there.`, { cause });
}

async function exists(path: string): Promise<boolean> {
  const { fs } = await nodeFiles();
  return fs.stat(path).then(
    () => true,
    () => false,
  );
}
