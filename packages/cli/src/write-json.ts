import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
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

/** Whether a name is that of a file that {@link writeJson} was writing when its process was killed. */
export const isUnfinishedJson = (name: string): boolean => /^\w+\.json\.[0-9a-f-]{36}\.partial$/.test(name);
