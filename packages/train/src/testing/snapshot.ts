import { createHash } from 'node:crypto';
import { lstat, readFile, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * All that a folder holds, by path: of each entry its kind, inode, mode and time of change, a file's content and where
 * a link leads. The times of folders are left out where they may get other entries.
 */
export async function snapshot(
  folder: string,
  { folderTimes = true }: { folderTimes?: boolean } = {},
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const look = async (path: string, name: string): Promise<void> => {
    const entry = await lstat(path);
    const content = entry.isSymbolicLink()
      ? await readlink(path)
      : entry.isFile()
        ? createHash('sha256')
            .update(await readFile(path))
            .digest('hex')
        : '';
    const time = entry.isDirectory() && !folderTimes ? '' : entry.mtimeMs;
    found[name] = [entry.ino, entry.mode.toString(8), time, content].join(' ');
    if (!entry.isDirectory()) return;
    for (const child of (await readdir(path)).toSorted()) await look(join(path, child), `${name}/${child}`);
  };
  await look(folder, '.');
  return found;
}

/** What of a snapshot was there before, as it is now. */
export function ofThese(
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.keys(before).map((name) => [name, now[name]]));
}
