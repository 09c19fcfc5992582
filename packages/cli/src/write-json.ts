import { rename, rm, writeFile } from 'node:fs/promises';
import { DataError } from '@striate/core';

/**
 * Writes a value as a JSON file, which is there complete or as it was before.
 *
 * @throws {DataError} if it cannot be written
 */
export async function writeJson(path: string, value: unknown): Promise<void> {
  const partial = `${path}.partial`;
  try {
    await writeFile(partial, `${JSON.stringify(value, null, 2)}\n`, { flush: true });
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => undefined);
    const reason = (cause as NodeJS.ErrnoException).code === 'ENOSPC' ? 'there is no space left on the disk' : cause;
    throw new DataError(`${path}: could not be written: ${String(reason)}. What was saved before is untouched.`, {
      cause,
    });
  }
}
