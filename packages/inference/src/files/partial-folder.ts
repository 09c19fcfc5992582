import { sha256 } from '@striate/core';
import { nodeFiles } from './node-files.ts';
import { removeOwnFolder, strangersIn } from './own-folder.ts';

// A folder that is being written, or removed, bears a name that only this library makes: what it will be, `.partial-`,
// and who is at it (machine, process, token). So nobody else's folder is taken for one, two writers never share one,
// and what a killed writer left is told from what another is still writing.
const form = /^(.*)\.partial-([0-9a-f]{12})-(\d+)-([0-9a-f]{12})$/s;

/** While its writer is alive, a folder is touched this often. */
const beatMilliseconds = 2_000;
/** A folder that was not touched for so long has lost its writer. */
const deadMilliseconds = 30_000;

/** Names of those that this program is writing. */
const writing = new Set<string>();

/** A folder in progress. */
export interface PartialFolder {
  path: string;
  /** What it will be called; '' if it lies within the folder that its files are for. */
  name: string;
}

/** A folder in progress that is this program's own. */
export interface OwnPartialFolder extends PartialFolder {
  /** Says that this program is through with it. */
  release(): void;
}

/** Makes a new, empty folder in progress. */
export async function createPartial(directory: string, name: string): Promise<OwnPartialFolder> {
  const { fs, path } = await nodeFiles();
  const ownName = await ownNameFor(name);
  const folder = path.join(directory, ownName);
  writing.add(ownName);
  try {
    await fs.mkdir(folder);
  } catch (error) {
    writing.delete(ownName);
    throw error;
  }
  const beat = setInterval(() => {
    const now = new Date();
    fs.utimes(folder, now, now).catch(() => undefined);
  }, beatMilliseconds);
  beat.unref();
  return {
    path: folder,
    name,
    release() {
      clearInterval(beat);
      writing.delete(ownName);
    },
  };
}

/** Renames a folder to one in progress: nobody else finds it any more. @returns undefined if somebody else was first */
export async function takeAway(folder: string): Promise<string | undefined> {
  const { fs, path } = await nodeFiles();
  const name = form.exec(path.basename(folder))?.[1] ?? path.basename(folder);
  const taken = path.join(path.dirname(folder), await ownNameFor(name));
  try {
    await fs.rename(folder, taken);
    return taken;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** What the name of a folder in progress will be; undefined for any other name. */
export function nameOfPartial(name: string): string | undefined {
  return form.exec(name)?.[1];
}

/** The folders in progress in a directory whose writers live, and those whose writers are gone. */
export async function findPartials(
  directory: string,
  isWanted: (name: string) => boolean,
): Promise<{ live: PartialFolder[]; dead: PartialFolder[] }> {
  const { fs, path } = await nodeFiles();
  const found = { live: [] as PartialFolder[], dead: [] as PartialFolder[] };
  for (const entry of await fs.readdir(directory, { withFileTypes: true })) {
    const name = nameOfPartial(entry.name);
    if (name === undefined || !entry.isDirectory() || !isWanted(name)) continue;
    const partial = { path: path.join(directory, entry.name), name };
    const alive = await isLive(partial.path);
    if (alive !== undefined) found[alive ? 'live' : 'dead'].push(partial);
  }
  return found;
}

/** Removes the folders in progress whose writers are gone, those apart that hold other files than such a folder has. */
export async function removeDead(
  directory: string,
  isWanted: (name: string) => boolean,
  filesOf: (name: string) => readonly string[],
): Promise<void> {
  const { dead } = await findPartials(directory, isWanted);
  for (const { path, name } of dead) await removeUnseen(path, filesOf(name));
}

/** Removes a folder of files of the names given and nothing else; it loses its name first. Any other is left alone. */
export async function removeUnseen(folder: string, files: readonly string[]): Promise<void> {
  const { fs } = await nodeFiles();
  const isFolder = (await fs.lstat(folder)).isDirectory();
  if (!isFolder || (await strangersIn(folder, files)).length > 0) return;
  const taken = await takeAway(folder);
  if (taken !== undefined) await removeOwnFolder(taken, files);
}

/** Whether somebody still writes; undefined if the folder is gone by now. */
async function isLive(folder: string): Promise<boolean | undefined> {
  const { fs, path } = await nodeFiles();
  const name = path.basename(folder);
  if (writing.has(name)) return true;
  const [, , where, number] = form.exec(name)!;
  if (where === (await thisMachine()) && !(await isRunning(Number(number)))) return false;
  const touched = await fs.stat(folder).catch(() => undefined);
  if (!touched) return undefined;
  const silence = Date.now() - touched.mtimeMs;
  // By a clock that is far ahead of this one it says nothing, and would for ever: what counts then is whether it changes.
  return silence < -deadMilliseconds ? isTouchedAgain(folder, touched.mtimeMs) : silence < deadMilliseconds;
}

/** Times ahead of this clock that folders were last touched at, and since when they are known. */
const known = new Map<string, { touched: number; since: number }>();

/** Whether a living writer touches a folder, as each does every two seconds; undefined if it is gone by now. */
async function isTouchedAgain(folder: string, touched: number): Promise<boolean | undefined> {
  const { fs } = await nodeFiles();
  if (known.get(folder)?.touched !== touched) known.set(folder, { touched, since: performance.now() });
  const end = known.get(folder)!.since + 5 * beatMilliseconds;
  for (;;) {
    const now = await fs.stat(folder).catch(() => undefined);
    if (now?.mtimeMs !== touched || performance.now() > end) return now && now.mtimeMs !== touched;
    await new Promise((resolve) => {
      setTimeout(resolve, 500);
    });
  }
}

async function isRunning(number: number): Promise<boolean> {
  const { process } = await nodeFiles();
  try {
    process.kill(number, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

async function ownNameFor(name: string): Promise<string> {
  const { process } = await nodeFiles();
  return `${name}.partial-${await thisMachine()}-${process.pid}-${crypto.randomUUID().slice(-12)}`;
}

let machine: Promise<string> | undefined;

/** By what process numbers can be compared: the host, since it was started, and the container. */
function thisMachine(): Promise<string> {
  machine ??= (async () => {
    const { fs, os } = await nodeFiles();
    const boot = await fs.readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
    const container = await fs.readlink('/proc/self/ns/pid').catch(() => '');
    return (await sha256(new TextEncoder().encode([os.hostname(), boot, container].join('\n')))).slice(0, 12);
  })();
  return machine;
}
