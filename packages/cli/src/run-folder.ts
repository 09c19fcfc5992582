import { randomUUID } from 'node:crypto';
import fs, { readdir, rm, rmdir, stat } from 'node:fs/promises';
import nodePath, { join } from 'node:path';
import { DataError, OptionError, checkPath, makeFolders } from '@striate/core';
import { holderOf, lockFolder, type FolderLock, type LockOptions } from './folder-lock.ts';
import type { Holder } from './lock-file.ts';
import { removeEmptyFolders } from './remove-empty-folders.ts';
import {
  asideName,
  checkpointsName,
  historyName,
  identityName,
  lookIntoRun,
  modelName,
  type RunContents,
} from './run-contents.ts';
import { identityOf, recallSettings, type RunSettings } from './run-settings.ts';
import { discard, putBack, setAside } from './set-aside.ts';
import { removeUnfinished, writeJson } from './write-json.ts';

/** What a training run may do with a folder that holds an earlier one. */
export interface RunFolderOptions {
  resume?: boolean;
  overwrite?: boolean;
}

/** The folder of a training run, held by this process alone. */
export interface RunFolder<Settings = unknown> {
  path: string;
  /** Folder of its checkpoints. */
  checkpoints: string;
  /** Whether there are any of the run that goes on. */
  hasCheckpoints: boolean;
  /** The run's settings: those given, or those that it was started with. */
  settings: Settings;
  lock: FolderLock;
  /**
   * The run has a checkpoint of its own: what it replaced is removed.
   *
   * @returns what could not be removed, since somebody has put something there
   */
  begun(): Promise<string | undefined>;
  /** Where what the run replaces is kept, until it has begun; undefined if it replaces nothing. */
  replaced(): string | undefined;
  /** The start has come to nothing: unless the run has begun, the folder becomes what it was. */
  giveUp(): Promise<void>;
  /** Gives the folder back. */
  release(): void;
}

/** What becomes of the run in a folder. */
interface Plan<Settings> {
  run: string;
  settings: Settings;
  contents: RunContents;
}

/**
 * Takes a folder for a training run: looks whether all in it that a run needs is ours, holds it, so that no second run
 * writes into it, and writes down which run it is and with what settings, before anything else is done. What
 * `overwrite` replaces is set aside first.
 *
 * A start that is interrupted leaves its lock, which names its run: if that is not the run of the folder, it had
 * changed nothing yet, and what it had set aside is put back by the next start.
 *
 * @param isGiven whether an option stands on the command line
 * @throws {OptionError} if it holds a run and `options` say nothing about it, or are those of another training
 * @throws {DataError} if it cannot be written, another process holds it, or something in it is not ours
 */
export async function openRunFolder<Settings extends RunSettings & RunFolderOptions>(
  path: string,
  given: Settings,
  isGiven: (name: string) => boolean,
): Promise<RunFolder<Settings>> {
  if (path === '') throw new OptionError("--out is empty. Give a folder's path, or leave it out.");
  checkPath('--out', path);
  const before = await lookIntoRun(path);
  // Nothing is made where nothing may be done.
  checkStart(path, before, given);
  const run = (given.resume && before.identity?.run) || randomUUID();
  const { lock, made } = await hold(path, {
    run,
    begins: given.resume !== true,
    follow: (holder, left) => checkInterrupted(path, before, given, { holder, left }),
  });
  const release = (): void => lock.release();
  process.once('exit', release);
  const leave = async (): Promise<void> => {
    release();
    process.off('exit', release);
    await removeEmptyFolders(made);
  };
  try {
    const contents = await undoUnfinished(path, given);
    checkStart(path, contents, given);
    const plan = planOf(path, { run, given, isGiven, contents });
    const took = await take(path, plan, given);
    const checkpoints = join(path, checkpointsName);
    return {
      path,
      checkpoints,
      hasCheckpoints: given.resume === true && contents.checkpoints.length > 0,
      settings: plan.settings,
      lock,
      begun: async () => {
        lock.check();
        return took.begun();
      },
      replaced: took.replaced,
      giveUp: async () => {
        // Who has lost the folder changes nothing more in it: it is another's.
        if (lock.isHeld()) await took.giveUp();
        await leave();
      },
      release: () => {
        release();
        process.off('exit', release);
      },
    };
  } catch (error) {
    await leave();
    throw error;
  }
}

async function hold(path: string, options: LockOptions): Promise<{ lock: FolderLock; made: string[] }> {
  let made: string[] = [];
  try {
    made = await makeFolders({ fs, path: nodePath }, path);
    return { lock: lockFolder(path, options), made };
  } catch (cause) {
    await removeEmptyFolders(made);
    if (!(cause instanceof Error) || !('code' in cause)) throw cause;
    throw new DataError(`${path}: cannot be written (${cause.message}). Choose another --out.`, { cause });
  }
}

/** Whether the options say enough about what is there. */
function checkStart(path: string, contents: RunContents, { resume, overwrite }: RunFolderOptions): void {
  if (overwrite) return;
  const { identity, checkpoints, hasModel, hasHistory } = contents;
  const aside = contents.aside.find(({ run }) => run === identity?.run);
  if (resume) {
    if (identity || (!hasModel && !hasHistory)) return;
    throw new OptionError(
      `${path}: holds a model or a history, but no ${identityName}, so no training of striate train that could go on. ` +
        'Choose another --out, or add --overwrite to replace them.',
    );
  }
  const found = [
    ...(checkpoints.length > 0
      ? [
          `${checkpoints.length === 1 ? 'a checkpoint' : `${checkpoints.length} checkpoints`}, the last ${checkpoints.at(-1)}`,
        ]
      : []),
    ...(checkpoints.length === 0 && hasModel ? ['a model'] : []),
    ...(checkpoints.length === 0 && hasHistory ? ['a history'] : []),
    ...(aside ? [`what a training that was interrupted early has set aside in ${aside.path}`] : []),
  ];
  if (found.length === 0) return;
  throw new OptionError(
    `${path}: already holds ${found.join(', and ')}. Add --resume to go on from it, --overwrite to remove them, or choose another --out.`,
  );
}

/** A run that was to begin and did not come so far as to say how cannot go on. */
function checkInterrupted(
  path: string,
  { identity, checkpoints }: RunContents,
  given: RunFolderOptions,
  { holder, left }: { holder: Holder; left: string },
): void {
  const isRemembered = identity ? identity.run === holder.run : checkpoints.length > 0;
  if (!given.resume || !holder.begins || isRemembered) return;
  throw new OptionError(
    `${path}: the start of a training was interrupted there (${holder.since}) before it wrote down its options. ` +
      (identity
        ? `What an earlier training left is whole. Start the new one again with --overwrite, or remove ${left} to go on with the earlier one.`
        : 'Start it again, without --resume.'),
  );
}

/**
 * Puts back what interrupted starts have set aside that never became the folder's run, and clears what they left. A run
 * that saved nothing and is to be replaced is such a start too: otherwise each would set aside the one before it, with
 * the first run ever deeper within.
 */
async function undoUnfinished(path: string, { overwrite }: RunFolderOptions): Promise<RunContents> {
  const names = await readdir(path);
  for (const file of [identityName, historyName]) await removeUnfinished(path, file, names);
  const { aside: found, identity: owner } = await lookIntoRun(path);
  for (const { path: unfinished } of found.filter(({ run }) => run !== owner?.run)) await putBack(path, unfinished);
  const contents = await lookIntoRun(path);
  const { identity, checkpoints, hasModel, hasHistory, aside } = contents;
  const isEmpty = checkpoints.length === 0 && !hasModel && !hasHistory;
  if (!overwrite || !isEmpty || !aside.some(({ run }) => run === identity?.run)) return contents;
  // Without it the run is no longer the folder's, but a start that was interrupted, also after a kill.
  await rm(join(path, identityName));
  return undoUnfinished(path, { overwrite });
}

interface PlanInputs<Settings> {
  run: string;
  given: Settings;
  isGiven: (name: string) => boolean;
  contents: RunContents;
}

function planOf<Settings extends RunSettings & RunFolderOptions>(
  path: string,
  { run, given, isGiven, contents }: PlanInputs<Settings>,
): Plan<Settings> {
  const { identity, checkpoints } = contents;
  if (!given.resume || !identity) return { run, settings: given, contents };
  const hasCheckpoints = checkpoints.length > 0;
  const settings = recallSettings({ path, hasCheckpoints, earlier: identity }, given, isGiven);
  return { run: identity.run ?? run, settings, contents };
}

/** Makes the folder the run's. */
async function take<Settings extends RunSettings>(
  path: string,
  { run, settings, contents }: Plan<Settings>,
  { overwrite }: RunFolderOptions,
): Promise<Pick<RunFolder, 'begun' | 'replaced' | 'giveUp'>> {
  const aside = join(path, asideName(run));
  const hadCheckpoints = await isThere(join(path, checkpointsName));
  const identity = join(path, identityName);
  let isWritten = false;
  let hasBegun = false;
  const giveUp = async (): Promise<void> => {
    if (hasBegun) return;
    if (isWritten && (overwrite || !contents.identity)) await rm(identity, { force: true });
    else if (isWritten) await writeJson(identity, contents.identity);
    if (overwrite && (await isThere(aside))) await putBack(path, aside);
    if (!hadCheckpoints) await rmdir(join(path, checkpointsName)).catch(() => undefined);
  };
  try {
    if (overwrite) await setAside(path, run, contents);
    await writeJson(identity, identityOf(run, settings));
    isWritten = true;
  } catch (cause) {
    await giveUp();
    if (cause instanceof DataError) throw cause;
    throw new DataError(`${path}: what is there could not be set aside (${String(cause)}). Choose another --out.`, {
      cause,
    });
  }
  // An interrupted removal: the run has had a checkpoint before.
  if (!overwrite && contents.checkpoints.length > 0 && (await isThere(aside))) await discard(aside);
  const isKept = await isThere(aside);
  const begun = async (): Promise<string | undefined> => {
    if (hasBegun) return undefined;
    hasBegun = true;
    return (await isThere(aside)) && !(await discard(aside)) ? aside : undefined;
  };
  const replaced = (): string | undefined => (isKept && !hasBegun ? aside : undefined);
  return { begun, replaced, giveUp };
}

/** Whether a start that was interrupted, or is not through yet, was to replace the run that is in a folder. */
export async function isBeingReplaced(path: string): Promise<boolean> {
  try {
    const holder = holderOf(path);
    return holder?.begins === true && (await lookIntoRun(path)).identity?.run !== holder.run;
  } catch {
    // What is there is not a run's.
    return false;
  }
}

/** The model that a run in a folder is to replace, as long as that is kept; undefined if there is none. */
export async function replacedModel(path: string): Promise<string | undefined> {
  const { aside } = await lookIntoRun(path).catch(() => ({ aside: [] }));
  for (const { path: kept } of aside) {
    const model = join(kept, modelName);
    const found = (await isThere(model)) ? model : await replacedModel(kept);
    if (found !== undefined) return found;
  }
  return undefined;
}

const isThere = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
