import { DataError, readRegularFile } from '@striate/core';
import { asWritten, checksumFile, longestChecksums, longestFileOfAll, readChecksums } from './checksums.ts';
import { nodeFiles } from './node-files.ts';
import { strangersIn } from './own-folder.ts';
import { nameOfPartial } from './partial-folder.ts';

/** What can be written to: a folder that is not there yet, one without anything in it, one that we wrote. */
export interface Target {
  /** Absolute, and where the links in it lead. */
  path: string;
  state: 'absent' | 'empty' | 'own';
}

/**
 * Looks at a folder that is about to be written, and changes nothing.
 *
 * @param where what errors call it: 'model runs/a/model'
 * @param names the files that we write there, the checksums apart
 * @throws {DataError} if it holds anything that we did not write there, naming some of it
 */
export async function lookAt(where: string, folder: string, names: readonly string[]): Promise<Target> {
  const { fs, path } = await nodeFiles();
  const real = await fs.realpath(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (real === undefined) {
    const link = await fs.readlink(folder).catch(() => undefined);
    if (link === undefined) return { path: path.resolve(folder), state: 'absent' };
    throw new DataError(`${where}: it is a link to ${link}, which is not there. Make that folder, or choose another.`);
  }
  if (!(await fs.stat(real)).isDirectory())
    throw new DataError(`${where}: there is a file of that name. Choose another name.`);
  const present = await checkNames(where, real, names);
  if (present.length > 0) await checkUnchanged(where, real, present, names);
  return { path: real, state: present.length > 0 ? 'own' : 'empty' };
}

/**
 * Checks that a folder has no other entries than our files.
 *
 * @returns the names of ours that are there, that of the checksums among them
 * @throws {DataError} naming others
 */
export async function checkNames(where: string, folder: string, names: readonly string[]): Promise<string[]> {
  const { fs } = await nodeFiles();
  const all = [...names, checksumFile];
  const strangers = await strangersBesidePartials(folder, all);
  if (strangers.length > 0) throw foreign(where, listOf(strangers));
  const present = (await fs.readdir(folder)).filter((name) => all.includes(name));
  if (present.length > 0 && !present.includes(checksumFile))
    throw foreign(where, `${listOf(present)} without ${checksumFile}`);
  return present;
}

/** The file of that name and content which a replacement that was cut off left within the folder. */
export async function findStaged(folder: string, name: string, digest: string): Promise<Staged | undefined> {
  const { fs, path } = await nodeFiles();
  for (const entry of await fs.readdir(folder).catch(() => [])) {
    if (nameOfPartial(entry) !== '') continue;
    const file = path.join(folder, entry, name);
    const bytes = await readRegularFile(fs, file, longestFileOfAll).catch(() => undefined);
    if (bytes && (await asWritten(name, bytes, digest))) return { file, bytes };
  }
  return undefined;
}

/** A file of a replacement in progress. */
export interface Staged {
  file: string;
  bytes: Uint8Array;
}

async function strangersBesidePartials(folder: string, names: readonly string[]): Promise<string[]> {
  const { path } = await nodeFiles();
  const strangers: string[] = [];
  for (const name of await strangersIn(folder, names)) {
    const isPartial = name.endsWith('/') && nameOfPartial(name.slice(0, -1)) === '';
    const within = isPartial ? await strangersIn(path.join(folder, name), names).catch(() => []) : [name];
    if (within.length > 0) strangers.push(name);
  }
  return strangers;
}

/** A file that is not what we wrote is somebody's work, or a copy that is worth a look. */
async function checkUnchanged(
  where: string,
  folder: string,
  present: readonly string[],
  names: readonly string[],
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const changed = await findChanged(where, folder, present, names);
    if (changed === undefined) return;
    if (attempt === 3) {
      throw new DataError(
        `${where}: ${changed} was changed after it was written (${checksumFile} says so), so it is not replaced. ` +
          'Move the folder away if you do not need it, or choose another.',
      );
    }
    // Another writer may have been at work between two looks.
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}

async function findChanged(
  where: string,
  folder: string,
  present: readonly string[],
  names: readonly string[],
): Promise<string | undefined> {
  const { fs, path } = await nodeFiles();
  const checksums = readChecksums(where, await readRegularFile(fs, path.join(folder, checksumFile), longestChecksums));
  const listed = Array.from(checksums.keys());
  if (listed.length === 0 || listed.some((name) => !names.includes(name)))
    throw foreign(where, `a ${checksumFile} of ${listOf(listed)}`);
  for (const name of present.filter((other) => other !== checksumFile)) {
    const digest = checksums.get(name);
    if (digest === undefined) throw foreign(where, `${name}, of which ${checksumFile} says nothing`);
    if (await asWritten(name, await readRegularFile(fs, path.join(folder, name), longestFileOfAll), digest)) continue;
    if ((await findStaged(folder, name, digest)) === undefined) return name;
  }
  return undefined;
}

function foreign(where: string, what: string): DataError {
  return new DataError(
    `${where}: the folder is not one that Striate wrote: it holds ${what}. Nothing in it was changed. ` +
      'Choose a new folder, or one within it.',
  );
}

/** "'a', 'b', 'c' and 4 more" */
function listOf(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => (name.length <= 60 ? `'${name}'` : `'${name.slice(0, 60)}...'`));
  const more = names.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
