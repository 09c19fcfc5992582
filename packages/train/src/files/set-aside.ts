import { DataError, readRegularFile } from '@striate/core';
import { nodeFiles, removeOwnFolder, strangersIn, createPartial, removeUnseen } from '@striate/inference/internal';

// Checkpoints that are no longer those of a folder's run lie in a folder beside them:
//
//   abandoned-after-000010/   what a resume from step 10 found ahead of itself; kept
//   overwritten/              what a run with overwrite took the place of; removed once that run has a whole checkpoint
//
// (or abandoned-after-000010-2 and so on). Several folders cannot be renamed at once, and after a kill in between, half
// of the old run would pass for the new one. So the folder comes into being by one rename, with a list of what belongs
// in it, `moving.txt`. From that moment none of these counts as a checkpoint of the run (`namesSetAside`). Then each is
// moved, then the list becomes `set-aside.txt`. Whoever writes there next ends a move that was interrupted
// (`finishSettingAside`).

const moving = 'moving.txt';
const moved = 'set-aside.txt';
const checkpoint = /^checkpoint-\d+$/;
const overwritten = 'overwritten';
const form = new RegExp(String.raw`^(?:abandoned-after-\d+|${overwritten})(?:-\d+)?$`);

/** Whether a folder of this name can be one of those. */
export function isSetAsideName(name: string): boolean {
  return form.test(name);
}

/** Bytes of a list, at most: some hundred thousand names. */
const longestList = 16_000_000;

/** Files that such a folder holds besides the checkpoints. */
export const setAsideFiles: readonly string[] = [moving, moved];

/**
 * Sets checkpoints aside.
 *
 * @param after the step that training goes on from; undefined if they are overwritten
 * @param files the names of a checkpoint's files
 * @returns the folder that has them now
 * @throws {DataError} if one of them holds what is not a checkpoint's
 */
export async function setAside(
  directory: string,
  names: readonly string[],
  { after, files }: { after: number | undefined; files: readonly string[] },
): Promise<string> {
  const { fs, path } = await nodeFiles();
  for (const name of names) await checkOwn(path.join(directory, name), files);
  const base = after === undefined ? overwritten : `abandoned-after-${String(after).padStart(6, '0')}`;
  const partial = await createPartial(directory, base);
  try {
    await fs.writeFile(path.join(partial.path, moving), names.map((name) => `${name}\n`).join(''), { flush: true });
    const folder = path.join(directory, await freeName(directory, base));
    await fs.rename(partial.path, folder);
    await finishMove(directory, folder);
    return folder;
  } catch (error) {
    await removeOwnFolder(partial.path, setAsideFiles).catch(() => undefined);
    throw error;
  } finally {
    partial.release();
  }
}

/** Names of the checkpoints that are about to be moved away, and count as gone. */
export async function namesSetAside(directory: string, entries: readonly string[]): Promise<Set<string>> {
  const { path } = await nodeFiles();
  const lists = entries.filter(isSetAsideName).map((name) => readList(path.join(directory, name, moving)));
  return new Set((await Promise.all(lists)).flatMap((names) => names ?? []));
}

/** Ends what an interrupted `setAside` began. */
export async function finishSettingAside(directory: string, entries: readonly string[]): Promise<void> {
  const { path } = await nodeFiles();
  for (const name of entries.filter(isSetAsideName)) await finishMove(directory, path.join(directory, name));
}

/** Removes checkpoints that were set aside to be overwritten. What else lies in their folder stays, and the folder. */
export async function removeOverwritten(
  directory: string,
  entries: readonly string[],
  files: readonly string[],
): Promise<void> {
  const { fs, path } = await nodeFiles();
  for (const name of entries.filter((entry) => isSetAsideName(entry) && entry.startsWith(overwritten))) {
    const folder = path.join(directory, name);
    const names = await readList(path.join(folder, moved));
    if (!names) continue;
    for (const old of names) await removeOwnFolder(path.join(folder, old), files).catch(ifMissing);
    if ((await fs.readdir(folder)).length === 1) await removeUnseen(folder, setAsideFiles);
  }
}

async function finishMove(directory: string, folder: string): Promise<void> {
  const { fs, path } = await nodeFiles();
  const names = await readList(path.join(folder, moving));
  if (!names) return;
  for (const name of names) {
    await fs.rename(path.join(directory, name), path.join(folder, name)).catch(ifMissing);
  }
  await fs.rename(path.join(folder, moving), path.join(folder, moved));
}

async function checkOwn(folder: string, files: readonly string[]): Promise<void> {
  const { fs } = await nodeFiles();
  const isFolder = (await fs.lstat(folder)).isDirectory();
  const strangers = isFolder ? await strangersIn(folder, files) : [];
  if (isFolder && strangers.length === 0) return;
  const what = isFolder ? `holds ${strangers.slice(0, 3).join(', ')}` : 'is a file or a link';
  throw new DataError(
    `${folder}: ${what}, which Striate did not write and so does not move. Move it away, or choose another folder for the checkpoints.`,
  );
}

/** The names in a list; undefined if there is none, or it is not one of ours. */
async function readList(file: string): Promise<string[] | undefined> {
  const { fs } = await nodeFiles();
  const bytes = await readRegularFile(fs, file, longestList).catch(() => undefined);
  const text = new TextDecoder().decode(bytes);
  if (!text.endsWith('\n')) return undefined;
  const names = text.split('\n').slice(0, -1);
  return names.every((name) => checkpoint.test(name)) ? names : undefined;
}

/** 'overwritten', 'overwritten-2', ... */
async function freeName(directory: string, base: string): Promise<string> {
  const { fs } = await nodeFiles();
  const taken = await fs.readdir(directory);
  let name = base;
  for (let number = 2; taken.includes(name); number++) name = `${base}-${number}`;
  return name;
}

function ifMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
