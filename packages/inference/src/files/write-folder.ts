import { DataError, makeFolders, readRegularFile } from '@striate/core';
import {
  asWritten,
  checksumFile,
  longestChecksums,
  longestFileOfAll,
  readChecksums,
  withChecksums,
  type Files,
} from './checksums.ts';
import { fileReason } from './file-errors.ts';
import { checkNames, findStaged, lookAt, type Target } from './folder-contents.ts';
import { nodeFiles } from './node-files.ts';
import { removeOwnFolder } from './own-folder.ts';
import { createPartial, findPartials, removeDead, takeAway, type OwnPartialFolder } from './partial-folder.ts';

/** Folders that this program is writing. */
const busy = new Set<string>();

/**
 * Writes a folder of files with their checksums, whole or not at all, wherever it is killed. It never removes or
 * replaces what it did not write.
 *
 * A folder that is not there yet is written beside its place, as `NAME.partial-WRITER`, synced to the disk, and gets its
 * name by one rename. If somebody else made that folder meanwhile, the rename fails and theirs stays.
 *
 * A folder that is there keeps its place, so that links, mounts, permissions and open files stay what they were. It must
 * be empty or hold what we wrote before, byte for byte (`lookAt`). What happens within it:
 *
 * 1. `.partial-WRITER/` is made: whoever then sees no other such folder of a living writer may write, else it takes its
 *    own back. The new files and their checksums are written there and synced. Readers find the old model.
 * 2. `SHA256SUMS` is renamed into the folder. Readers find the new model: a file that is not what SHA256SUMS says is
 *    looked for in `.partial-WRITER/` (`findStaged`).
 * 3. The other files are renamed into the folder, and `.partial-WRITER/` is removed.
 *
 * So one rename decides. What a killed writer left is finished (after 2) or removed (before) by the next one, who first
 * renames it to a name of its own: a writer that was only asleep then finds nothing to go on with, and ends in an error.
 *
 * @param what what the errors call it: 'checkpoint'
 * @throws {DataError} if it cannot be written (no space, no permission), is not ours, or is being written by another;
 * what was there before is left as it was
 */
export async function writeFolder(what: string, folder: string, files: Files): Promise<void> {
  const where = `${what} ${folder}`;
  // In a page this throws, saying what to use there.
  await nodeFiles();
  const all = await withChecksums(files);
  let place: string | undefined;
  try {
    const target = await lookAt(where, folder, Object.keys(files));
    if (busy.has(target.path)) throw writtenByAnother(where);
    place = target.path;
    busy.add(place);
    await (target.state === 'absent' ? writeNew(where, target, all) : writeWithin(where, folder, all));
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    throw new DataError(writeFailure(where, sizeOfAll(all), cause), { cause });
  } finally {
    if (place !== undefined) busy.delete(place);
  }
}

/**
 * Checks that a folder can be written, before there is anything to write.
 *
 * @throws {DataError} if it cannot
 */
export async function checkWritable(what: string, folder: string, names: readonly string[]): Promise<void> {
  const where = `${what} ${folder}`;
  const { fs, path } = await nodeFiles();
  try {
    const target = await lookAt(where, folder, names);
    let nearest = target.path;
    while (!(await exists(nearest))) nearest = path.dirname(nearest);
    await fs.access(nearest, fs.constants.W_OK | fs.constants.X_OK);
    if (!(await fs.stat(nearest)).isDirectory()) throw Object.assign(new Error(nearest), { code: 'ENOTDIR' });
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    throw new DataError(writeFailure(where, undefined, cause), { cause });
  }
}

async function writeNew(where: string, target: Target, all: Files): Promise<void> {
  const node = await nodeFiles();
  const { fs, path } = node;
  const [parent, name] = [path.dirname(target.path), path.basename(target.path)];
  const names = Object.keys(all);
  await makeFolders(node, parent);
  // A folder that can be written but not listed is no reason to give up.
  await removeDead(
    parent,
    (other) => other === name,
    () => names,
  ).catch(() => undefined);
  const partial = await createPartial(parent, name);
  try {
    await writeAll(partial.path, all);
    await fs.rename(partial.path, target.path).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOTEMPTY' || error.code === 'EEXIST' ? writtenByAnother(where) : error;
    });
    await sync(parent);
  } catch (error) {
    await removeOwnFolder(partial.path, names).catch(() => false);
    throw error;
  } finally {
    partial.release();
  }
}

async function writeWithin(where: string, folder: string, all: Files): Promise<void> {
  const { fs, path } = await nodeFiles();
  const names = Object.keys(all).filter((name) => name !== checksumFile);
  const place = await fs.realpath(folder);
  const partial = await enter(where, place);
  let isDecided = false;
  try {
    await recover(place, names);
    await checkNames(where, place, names);
    await writeAll(partial.path, all);
    for (const name of Object.keys(all)) await keepMode(path.join(place, name), path.join(partial.path, name));
    await fs.rename(path.join(partial.path, checksumFile), path.join(place, checksumFile));
    isDecided = true;
    await sync(place);
    for (const name of names) {
      await fs.rename(path.join(partial.path, name), path.join(place, name)).catch((cause: unknown) => {
        throw new DataError(
          `${where}: was written, but ${name} could not be put in its place: ${fileReason(cause).is}. ` +
            `load reads it all the same, from ${partial.path}. ${fileReason(cause).mend}, then save again.`,
          { cause },
        );
      });
    }
    await sync(place);
  } finally {
    partial.release();
    // Files that SHA256SUMS speaks of stay where they can be found.
    const leftovers = isDecided ? [checksumFile] : Object.keys(all);
    await removeOwnFolder(partial.path, leftovers).catch(() => false);
  }
}

/** Makes the folder in progress within another one, unless a living writer has one there. */
async function enter(where: string, place: string): Promise<OwnPartialFolder> {
  const { fs } = await nodeFiles();
  for (let attempt = 1; ; attempt++) {
    const partial = await createPartial(place, '');
    const { live } = await findPartials(place, isWithin);
    if (live.every(({ path }) => path === partial.path)) return partial;
    partial.release();
    await fs.rmdir(partial.path);
    if (attempt === 5) throw writtenByAnother(where);
    // Two that saw each other both go back; the draw decides who is first in the next round.
    await new Promise((resolve) => {
      setTimeout(resolve, 10 + 90 * Math.random());
    });
  }
}

/** Finishes or takes back what killed writers left within a folder. */
async function recover(place: string, names: readonly string[]): Promise<void> {
  const { fs, path } = await nodeFiles();
  const { dead } = await findPartials(place, isWithin);
  if (dead.length === 0) return;
  const taken = await Promise.all(dead.map((partial) => takeAway(partial.path)));
  const sums = await readRegularFile(fs, path.join(place, checksumFile), longestChecksums).catch(() => undefined);
  const checksums = sums ? readChecksums(place, sums) : new Map<string, string>();
  for (const [name, digest] of checksums) {
    const file = path.join(place, name);
    const bytes = await readRegularFile(fs, file, longestFileOfAll).catch(() => undefined);
    if (!names.includes(name) || (bytes && (await asWritten(name, bytes, digest)))) continue;
    const staged = await findStaged(place, name, digest);
    if (staged) await fs.rename(staged.file, file);
  }
  await sync(place);
  for (const folder of taken) if (folder !== undefined) await removeOwnFolder(folder, [...names, checksumFile]);
}

const isWithin = (name: string): boolean => name === '';

async function writeAll(folder: string, files: Files): Promise<void> {
  const { fs, path } = await nodeFiles();
  for (const [name, bytes] of Object.entries(files)) {
    await fs.writeFile(path.join(folder, name), bytes, { flush: true, flag: 'wx' });
  }
  await sync(folder);
}

/** A file that takes another's place can be read by whom that could be read by. */
async function keepMode(old: string, file: string): Promise<void> {
  const { fs } = await nodeFiles();
  const [before, now] = [await fs.stat(old).catch(() => undefined), await fs.stat(file)];
  if (before && before.mode !== now.mode) await fs.chmod(file, before.mode & 0o777).catch(() => undefined);
}

async function exists(path: string): Promise<boolean> {
  const { fs } = await nodeFiles();
  return fs.stat(path).then(
    () => true,
    () => false,
  );
}

/** Makes sure that a folder's list of names is on the disk. */
async function sync(folder: string): Promise<void> {
  const { fs, process } = await nodeFiles();
  // Windows keeps no such list apart and refuses to open a folder.
  if (process.platform === 'win32') return;
  const handle = await fs.open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function writtenByAnother(where: string): DataError {
  return new DataError(
    `${where}: is being written by another at the same time; this one wrote nothing. Wait for the other, or choose a folder for each.`,
  );
}

function writeFailure(where: string, bytes: number | undefined, cause: unknown): string {
  const { code, path } = cause as NodeJS.ErrnoException;
  const { is, mend } = fileReason(cause);
  const size = bytes !== undefined && (code === 'ENOSPC' || code === 'EDQUOT') ? ` It needs ${bytes} bytes.` : '';
  const file = path === undefined ? '' : ` (${path})`;
  return `${where}: could not be written${file}: ${is}.${size} What was saved before is untouched. ${mend}.`;
}

function sizeOfAll(files: Files): number {
  return Object.values(files).reduce((sum, { length }) => sum + length, 0);
}
