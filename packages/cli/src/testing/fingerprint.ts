import { lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join, relative } from 'node:path';

/** All that lies in a folder, by its path there: kinds, contents, and where links lead. */
export function fingerprint(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  const look = (path: string): void => {
    for (const name of readdirSync(path).toSorted()) {
      const inner = join(path, name);
      found[relative(folder, inner)] = contentOf(inner);
      if (lstatSync(inner).isDirectory()) look(inner);
    }
  };
  if (lstatSync(folder, { throwIfNoEntry: false })) look(folder);
  return found;
}

function contentOf(path: string): string {
  const found = lstatSync(path);
  if (found.isDirectory()) return 'folder';
  if (found.isSymbolicLink()) return `link to ${readlinkSync(path)}`;
  return `file ${readFileSync(path, 'latin1')}`;
}
