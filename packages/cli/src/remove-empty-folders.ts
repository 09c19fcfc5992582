import { rmdir } from 'node:fs/promises';

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
