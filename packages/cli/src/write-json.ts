import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '@striate/core';

/**
 * Writes a value as a JSON file, which is there complete or as it was before: under a name that nothing else has, synced
 * to the disk, then renamed.
 *
 * @throws {DataError} if it cannot be written
 */
export async function writeJson(path: string, value: unknown): Promise<void> {
  const partial = `${path}.${randomUUID()}.partial`;
  try {
    const file = await open(partial, 'wx');
    try {
      await file.writeFile(`${JSON.stringify(value, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => undefined);
    const reason = (cause as NodeJS.ErrnoException).code === 'ENOSPC' ? 'there is no space left on the disk' : cause;
    throw new DataError(`${path}: could not be written: ${String(reason)}. What was saved before is untouched.`, {
      cause,
    });
  }
}

/**
 * Removes what killed processes left of writing a file; nobody may be writing it. Such names only {@link writeJson} makes.
 *
 * @param names those in the folder
 */
export async function removeUnfinished(folder: string, file: string, names: readonly string[]): Promise<void> {
  const form = /^\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.partial$/;
  for (const name of names) {
    if (name.startsWith(file) && form.test(name.slice(file.length))) await rm(join(folder, name), { force: true });
  }
}
