import { DataError, checkCounts, checkFlag, checkFunction, checkOptions } from '@striate/core';
import { checkDirectory, explainFileError, nodeFiles } from '@striate/inference/internal';
import {
  checkpointName,
  forgetOverwritten,
  listCheckpoints,
  removeCheckpoints,
  setAsideAfter,
  stepOf,
  tidyUp,
} from '../files/checkpoint-folders.ts';
import { writeCheckpoint } from '../files/checkpoint.ts';
import type { Callback, Moment, Run } from './callback.ts';

// A folder of checkpoints belongs to one run at a time. As training begins, the checkpoints that are not of its past
// (all of them with `overwrite`, those ahead of the step it resumes from) are set aside: see files/set-aside.ts for how
// that survives a kill. From then on every checkpoint ahead of that step is this run's own; another one there was
// written by somebody else at the same time, and is an error. What `overwrite` set aside is removed once this run, or
// a later one that resumes it or overwrites too, has a whole checkpoint.

/** Options of {@link checkpoints}. */
export interface CheckpointsOptions {
  /** A checkpoint after every so many steps, besides those at the end of each epoch. Default: none. */
  everySteps?: number;
  /** How many of this run are kept; older ones go once a new one is in place. Default 3. */
  keep?: number;
  /**
   * Training that does not resume takes the place of the checkpoints it finds, instead of refusing to mix with them: they
   * are set aside in `overwritten` and removed once its own first checkpoint is whole. Default false.
   */
  overwrite?: boolean;
  /** Is told the folder of each checkpoint that has been written. */
  onWritten?(folder: string): void;
  /**
   * Is told the folder with the checkpoints that were ahead of the step that training resumes from, which is kept:
   * 'runs/a/abandoned-after-000010'.
   */
  onSetAside?(folder: string): void;
}

/**
 * Writes checkpoints into a folder: at the end of each epoch, every `everySteps` steps, and where training is stopped.
 * Each is there complete or not at all, whatever happens while it is written. Whatever else lies in the folder is left
 * alone.
 *
 * Training that resumes from an older checkpoint sets those that are ahead of it aside, so that the newest in the
 * folder is always the newest of this run.
 *
 * @throws {OptionError} if an option is impossible
 * @throws {DataError} in `fit`: if the disk is full (older checkpoints are untouched), the folder holds checkpoints of
 * another run and this one does not resume, or another training writes there at the same time
 * @example
 * const options = { callbacks: [checkpoints('runs/a', { everySteps: 500 })] };
 */
export function checkpoints(directory: string, options: CheckpointsOptions = {}): Callback {
  checkDirectory('checkpoints', directory);
  checkOptions(
    'checkpoints',
    options,
    { everySteps: true, keep: true, overwrite: true, onWritten: true, onSetAside: true },
    "checkpoints('runs/a', { everySteps: 500 })",
  );
  const { everySteps = Infinity, keep = 3, overwrite = false, onWritten, onSetAside } = options;
  checkCounts('checkpoints', { keep, ...(everySteps !== Infinity && { everySteps }) });
  checkFlag('checkpoints', 'overwrite', overwrite);
  if (onWritten !== undefined) checkFunction('checkpoints', 'onWritten', onWritten);
  if (onSetAside !== undefined) checkFunction('checkpoints', 'onSetAside', onSetAside);
  let written: number | undefined;
  let last: string | undefined;
  /** Names of this run's checkpoints, and the steps that were done before it. */
  let own: { names: Set<string>; firstStep: number };

  const write = async ({ step, run, snapshot }: Moment): Promise<void> => {
    if (written === step) return;
    const { path } = await nodeFiles();
    const name = checkpointName(step);
    const folder = path.join(directory, name);
    await tidyUp(directory);
    checkOwner(directory, await listCheckpoints(directory), own);
    await writeCheckpoint(folder, await snapshot(), run.optimizer);
    own.names.add(name);
    written = step;
    last = folder;
    const older = (await listCheckpoints(directory)).filter((found) => stepOf(found) < step);
    try {
      await removeCheckpoints(older.slice(0, Math.max(0, older.length + 1 - keep)));
      if (overwrite || run.firstStep > 0) await forgetOverwritten(directory);
    } catch (cause) {
      throw explainFileError(`checkpoints ${directory}: older ones could not be removed`, cause);
    }
    onWritten?.(folder);
  };

  const begin = async ({ firstStep }: Run): Promise<void> => {
    written = firstStep;
    own = { names: new Set(), firstStep };
    await tidyUp(directory);
    if (firstStep === 0 && !overwrite) refuseToMix(directory, await listCheckpoints(directory));
    const aside = await setAsideAfter(directory, firstStep > 0 ? firstStep : undefined);
    last = firstStep > 0 ? (await listCheckpoints(directory)).at(-1) : undefined;
    if (aside !== undefined && firstStep > 0) onSetAside?.(aside);
  };

  return {
    onBegin: begin,
    // The last step of an epoch is saved by onEpochEnd, with the validation's results.
    onStep: (moment) =>
      moment.step % everySteps === 0 && moment.batch < moment.run.batchesPerEpoch ? write(moment) : undefined,
    onEpochEnd: write,
    onEnd: write,
    lastCheckpoint: () => last,
  };
}

function refuseToMix(directory: string, found: readonly string[]): void {
  if (found.length === 0) return;
  throw new DataError(
    `checkpoints: ${directory} already holds ${found.length}, the last ${found.at(-1)}, and this training does not resume from them. ` +
      'Resume, choose another folder, or give overwrite: true.',
  );
}

function checkOwner(
  directory: string,
  found: readonly string[],
  own: { names: ReadonlySet<string>; firstStep: number },
): void {
  const strange = found.find(
    (folder) => stepOf(folder) > own.firstStep && !own.names.has(checkpointName(stepOf(folder))),
  );
  if (strange === undefined) return;
  throw new DataError(
    `checkpoints: ${strange} was written by another training, while this one writes to ${directory} too. ` +
      'Choose a folder for each.',
  );
}
