/** What making folders needs of Node; with Node's own types, pages' projects would need those too. */
export interface FolderMaking {
  /** `node:fs/promises` */
  fs: {
    stat(path: string): Promise<{ isDirectory(): boolean }>;
    mkdir(path: string): Promise<unknown>;
    readlink(path: string): Promise<string>;
  };
  /** `node:path` */
  path: { dirname(path: string): string; resolve(path: string): string };
}

/**
 * Makes a folder and those above it, one level after another: Node's own recursive `mkdir` never ends where a level
 * cannot be made and its parent says so with ENOENT, as in /proc.
 *
 * @returns the folders that were made, outermost first
 * @throws the file system's error
 * @example
 * await makeFolders({ fs, path }, 'runs/a'); // import * as fs from 'node:fs/promises'; import * as path from 'node:path'
 */
export async function makeFolders({ fs, path }: FolderMaking, folder: string): Promise<string[]> {
  const missing: string[] = [];
  for (let level = path.resolve(folder); ; level = path.dirname(level)) {
    const found = await lookAt(fs, level);
    if (found === 'folder') break;
    if (found === 'other') throw failure('ENOTDIR', `${level} is no folder`);
    missing.unshift(level);
  }
  const made: string[] = [];
  for (const level of missing) {
    try {
      await fs.mkdir(level);
      made.push(level);
    } catch (error) {
      // Another process was quicker.
      if ((await lookAt(fs, level).catch(() => undefined)) === 'folder') continue;
      const target = await fs.readlink(level).catch(() => undefined);
      if (target === undefined) throw error;
      throw failure('ENOENT', `${level} is a link to ${target}, which is not there`);
    }
  }
  return made;
}

/** What stands at a path; undefined for nothing, also below what is no folder. */
async function lookAt(fs: FolderMaking['fs'], path: string): Promise<'folder' | 'other' | undefined> {
  try {
    return (await fs.stat(path)).isDirectory() ? 'folder' : 'other';
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined;
    throw error;
  }
}

const failure = (code: string, message: string): Error => Object.assign(new Error(message), { code });
