import { DataError, OptionError } from '@striate/core';
import { nodeFiles } from '../files/node-files.ts';
import { checkpointName, listCheckpoints, removeCheckpoints, removeLeftovers } from '../files/checkpoint-folders.ts';
import { writeCheckpoint } from '../files/checkpoint.ts';
import type { Callback, Moment } from './callback.ts';

/** Options of {@link checkpoints}. */
export interface CheckpointsOptions {
  /** A checkpoint after every so many steps, besides those at the end of each epoch. Default: none. */
  everySteps?: number;
  /** How many are kept; older ones go once a new one is in place. Default 3. */
  keep?: number;
  /** Training that does not resume removes the checkpoints it finds, instead of refusing to mix with them. Default false. */
  overwrite?: boolean;
  /** Is told the folder of each checkpoint that has been written. */
  onWritten?(folder: string): void;
}

/**
 * Writes checkpoints into a folder: at the end of each epoch, every `everySteps` steps, and where training is stopped.
 * Each is there complete or not at all, whatever happens while it is written.
 *
 * @throws {OptionError} if an option is impossible
 * @throws {DataError} in `fit`: if the disk is full (older checkpoints are untouched), or the folder holds checkpoints of
 * another run and this one does not resume
 * @example
 * const options = { callbacks: [checkpoints('runs/a', { everySteps: 500 })] };
 */
export function checkpoints(directory: string, options: CheckpointsOptions = {}): Callback {
  const { everySteps = Infinity, keep = 3, overwrite = false, onWritten } = options;
  checkCount('keep', keep);
  if (everySteps !== Infinity) checkCount('everySteps', everySteps);
  let written: number | undefined;
  let last: string | undefined;

  const write = async ({ step, run, snapshot }: Moment): Promise<void> => {
    if (written === step) return;
    const { path } = await nodeFiles();
    const folder = path.join(directory, checkpointName(step));
    await removeLeftovers(directory);
    await writeCheckpoint(folder, await snapshot(), run.optimizer);
    written = step;
    last = folder;
    await removeCheckpoints((await listCheckpoints(directory)).slice(0, -keep));
    onWritten?.(folder);
  };

  return {
    async onBegin({ firstStep }) {
      written = firstStep;
      await removeLeftovers(directory);
      const found = await listCheckpoints(directory);
      last = firstStep > 0 ? found.at(-1) : undefined;
      if (firstStep > 0 || found.length === 0) return;
      if (!overwrite) {
        throw new DataError(
          `checkpoints: ${directory} already holds ${found.length}, the last ${found.at(-1)}, and this training does not resume from them. ` +
            'Resume, choose another folder, or give overwrite: true.',
        );
      }
      await removeCheckpoints(found);
    },
    // The last step of an epoch is saved by onEpochEnd, with the validation's results.
    onStep: (moment) =>
      moment.step % everySteps === 0 && moment.batch < moment.run.batchesPerEpoch ? write(moment) : undefined,
    onEpochEnd: write,
    onEnd: write,
    lastCheckpoint: () => last,
  };
}

function checkCount(option: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new OptionError(`checkpoints: ${option} is ${value}, but must be a whole number of at least 1.`);
}
