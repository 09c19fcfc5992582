import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  copyFileSync,
  linkSync,
  lstatSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DataError, readJson } from '@striate/core';
import * as v from 'valibot';
import { isRunning, thisProcess, type ProcessIdentity } from './process-identity.ts';

/** Name of the lock's file; other names that begin with it are locks in the making, and rights to take a stale one. */
export const lockName = 'in-use';

/** How often a holder shows that it lives, in milliseconds. */
const beat = 5_000;
/** A holder that cannot be looked at is given up after so long without a beat. */
const longestSilence = 120_000;

/** Bytes: some times what a lock has. */
const longestLock = 4096;

/** Who holds a folder. */
export interface Holder extends ProcessIdentity {
  /** Its own: no two holders have the same. */
  readonly token: string;
  /** The run that begins there, or goes on. */
  readonly run: string;
  readonly begins: boolean;
  readonly since: string;
}

const schema: v.GenericSchema<Holder> = v.strictObject({
  token: v.pipe(v.string(), v.uuid()),
  run: v.pipe(v.string(), v.uuid()),
  begins: v.boolean(),
  since: v.string(),
  host: v.string(),
  pid: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  boot: v.exactOptional(v.string()),
  namespace: v.exactOptional(v.string()),
  start: v.exactOptional(v.string()),
});

/** A folder that is held. */
export interface FolderLock {
  /** @throws {DataError} if another process has the folder now, or the lock was removed */
  check(): void;
  /** Whether `check` would pass. */
  isHeld(): boolean;
  /** Whether it would not was seen already, at a beat; costs nothing. */
  isLost(): boolean;
  /** Gives the folder back. Another's lock is left alone. */
  release(): void;
}

/** Options of {@link lockFolder}. */
export interface LockOptions {
  run: string;
  /** Whether it begins there, or else goes on. */
  begins: boolean;
  /** Is told what a holder that is gone has left, in which file, and may refuse by throwing; its lock then stays. */
  follow?(holder: Holder, path: string): void;
}

/**
 * Holds a folder for this process alone: by a file that only one can make, complete from its first moment. One that a
 * holder left who is provably gone is taken over: on this machine its process has ended, elsewhere (another machine or
 * container) it has shown no life for two minutes.
 *
 * @throws {DataError} if another process holds it: which, and since when
 */
export function lockFolder(folder: string, { run, begins, follow }: LockOptions): FolderLock {
  const path = join(folder, lockName);
  const me: Holder = { token: randomUUID(), run, begins, since: new Date().toISOString(), ...thisProcess() };
  const text = `${JSON.stringify(me, null, 2)}\n`;
  const own = `${path}-${me.token}.partial`;
  writeFileSync(own, text, { flag: 'wx', flush: true });
  try {
    for (const left of abandonedIn(folder, me)) {
      const holder = readHolder(left, folder);
      if (holder && 'run' in holder) follow?.(holder, left);
    }
    while (!placeAlone(own, path)) {
      const found = readHolder(path, folder);
      if (found && mayFollow({ folder, path, own, holder: found }, follow) && takeOver(path, found, own)) break;
    }
  } finally {
    rmSync(own, { force: true });
  }
  removeLeftovers(folder, me);
  return hold({ folder, path, text, token: me.token });
}

/** The holder that a folder's lock names; undefined if there is none. */
export function holderOf(folder: string): Holder | undefined {
  const found = readHolder(join(folder, lockName), folder);
  return found && 'run' in found ? found : undefined;
}

function hold({
  folder,
  path,
  text,
  token,
}: {
  folder: string;
  path: string;
  text: string;
  token: string;
}): FolderLock {
  // Through the open file, so that a beat never touches another's lock.
  const file = openSync(path, 'r+');
  const isOurs = (): boolean => {
    try {
      return readHolder(path, folder)?.token === token;
    } catch {
      return false;
    }
  };
  let isLost = false;
  const show = (): void => {
    isLost = !isOurs();
    try {
      writeSync(file, text, 0);
    } catch {
      // The next beat may succeed; if none does, another machine takes over, which `check` notices.
    }
  };
  const timer = setInterval(show, beat).unref();
  let isReleased = false;
  return {
    isHeld: () => !isReleased && isOurs(),
    isLost: () => isLost,
    check() {
      if (isReleased || isOurs()) return;
      throw new DataError(
        `${folder}: this training no longer holds the folder: ${path} was removed or is another's. ` +
          'It has stopped writing; what it saved before is there.',
      );
    },
    release() {
      if (isReleased) return;
      isReleased = true;
      clearInterval(timer);
      closeSync(file);
      if (isOurs()) rmSync(path, { force: true });
    },
  };
}

/** A lock of an earlier version: a process number alone. */
interface BareHolder {
  token: string;
  pid: number;
}

interface Rivalry {
  folder: string;
  path: string;
  /** Our own file, just written: its time is the file system's now, whatever this machine's clock says. */
  own: string;
  holder: Holder | BareHolder;
}

function mayFollow({ folder, path, own, holder }: Rivalry, follow?: LockOptions['follow']): boolean {
  if (!('run' in holder)) {
    const { start: _, ...here } = thisProcess();
    // A process with our own number was another one.
    if (holder.pid !== here.pid && isRunning({ ...here, pid: holder.pid }) !== false) {
      throw new DataError(
        `${folder}: another training writes there (process ${holder.pid}). Wait for it, or choose another --out. If there is none, remove ${path}.`,
      );
    }
    return true;
  }
  const running = isRunning(holder);
  const silence = running === 'unknown' ? silenceOf(path, own) : undefined;
  if (silence === undefined && running !== false) throw new DataError(`${occupied(folder, holder)}.`);
  if (silence !== undefined && silence < longestSilence) {
    const wait = Math.ceil((longestSilence - silence) / 1000);
    throw new DataError(
      `${occupied(folder, holder)}, whose process cannot be seen from here; if it is gone, the folder is free in ${wait} s.`,
    );
  }
  follow?.(holder, path);
  return true;
}

const occupied = (folder: string, { pid, host, since }: Holder): string =>
  `${folder}: another training writes there. Wait for it, or choose another --out. It is process ${pid} on ${host}, since ${since}`;

/** Milliseconds since a lock's last beat; 0 if it has just gone. */
function silenceOf(path: string, own: string): number {
  try {
    return statSync(own).mtimeMs - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

/**
 * Puts our own file in a stale lock's place. Many may try at once: the right to do so is a file that carries the stale
 * lock's token, which only one can make, and which is void once the lock is another; who dies with that right has left
 * a stale file again, which is followed in the same way.
 *
 * @returns false if the lock has changed meanwhile
 */
function takeOver(path: string, stale: Holder | BareHolder, own: string): boolean {
  const left: { path: string; token: string }[] = [{ path, token: stale.token }];
  const folder = join(path, '..');
  let right = rightAfter(path, stale.token);
  while (!placeAlone(own, right)) {
    const other = readHolder(right, folder);
    if (!other) return false;
    mayFollow({ folder, path: right, own, holder: other });
    left.push({ path: right, token: other.token });
    right = rightAfter(path, other.token);
  }
  try {
    if (!left.every((file) => readHolder(file.path, folder)?.token === file.token)) return false;
    // At once: there is no moment without a lock, in which a third could make one.
    renameSync(own, path);
    for (const { path: done } of left.slice(1)) rmSync(done, { force: true });
    return true;
  } finally {
    rmSync(right, { force: true });
  }
}

const rightAfter = (path: string, token: string): string => `${path}-after-${token}`;

/** Gives a file a second name that nothing has yet; false if something has it. */
function placeAlone(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    // File systems without links, such as those of memory cards.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw error;
    return copyAlone(own, path);
  }
}

function copyAlone(own: string, path: string): boolean {
  try {
    copyFileSync(own, path, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readHolder(path: string, folder: string): Holder | BareHolder | undefined {
  let bytes: Buffer;
  try {
    const found = lstatSync(path);
    if (!found.isFile() || found.size > longestLock) throw foreign(path);
    bytes = readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const number = /^(\d{1,10})\n?$/.exec(bytes.toString())?.[1];
  if (number !== undefined && Number(number) > 0) return { token: `process-${number}`, pid: Number(number) };
  try {
    return readJson(folder, bytes, schema);
  } catch {
    throw foreign(path);
  }
}

const foreign = (path: string): DataError =>
  new DataError(
    `${path}: is not a lock that striate wrote. Choose another --out, or move it away if no training runs.`,
  );

/** Removes what processes that ended while they took a lock have left beside it. */
function removeLeftovers(folder: string, me: Holder): void {
  for (const path of abandonedIn(folder, me)) rmSync(path, { force: true });
}

function abandonedIn(folder: string, { token }: Holder): string[] {
  const form = new RegExp(`^${lockName}-(?:after-[\\w-]+|[0-9a-f-]{36}\\.partial)$`);
  return readdirSync(folder)
    .filter((found) => form.test(found) && !found.includes(token))
    .map((name) => join(folder, name))
    .filter((path) => isAbandoned(path, folder));
}

function isAbandoned(path: string, folder: string): boolean {
  try {
    const found = readHolder(path, folder);
    return found !== undefined && 'run' in found && isRunning(found) === false;
  } catch {
    // Cut off half-way: nobody knows whose.
    return silenceOf(path, join(folder, lockName)) > longestSilence;
  }
}
