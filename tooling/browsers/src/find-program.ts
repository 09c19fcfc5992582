import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * The first of the given programs that this machine has: names are looked for on PATH, paths taken as they are.
 *
 * @example
 * const firefox = findProgram(['firefox', 'firefox-esr']);
 */
export function findProgram(candidates: readonly (string | undefined)[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return candidates
    .filter((candidate) => candidate !== undefined)
    .flatMap((candidate) => (/[\\/]/.test(candidate) ? [candidate] : folders.map((folder) => join(folder, candidate))))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
