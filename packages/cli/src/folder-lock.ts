import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '@striate/core';
import { lockName, readHolder, silenceOf, type Holder } from './lock-file.ts';
import { isRunning, thisProcess } from './process-identity.ts';
import { longestSilence, mayFollow, placeAlone, takeOver, type Follow } from './stale-lock.ts';

/** How often a holder shows that it lives, in milliseconds. */
const beat = 5_000;

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
  follow?: Follow;
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
