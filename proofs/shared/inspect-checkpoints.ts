import { existsSync, readdirSync } from 'node:fs';
import { disposeTraining, listCheckpoints, readCheckpoint } from '@striate/train';
import { mnistCnn } from '@striate/zoo';

/** What a killed process has left in its folder of checkpoints. */
export interface Inspection {
  /** Checkpoints that were read, every byte of them checked. */
  read: number;
  newestStep: number | undefined;
  /** Whether it was killed while it wrote one. */
  halfWritten: boolean;
  problems: string[];
}

/** Reads every checkpoint of the small CNN in a folder. */
export async function inspectCheckpoints(folder: string): Promise<Inspection> {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const found: Inspection = {
    read: 0,
    newestStep: undefined,
    halfWritten: false,
    problems: [],
  };
  for (const checkpoint of await listCheckpoints(folder)) {
    try {
      const { state } = await readCheckpoint(checkpoint, mnistCnn());
      found.newestStep = state.step;
      found.read++;
      disposeTraining(state);
    } catch (error) {
      found.problems.push(`unreadable: ${(error as Error).message}`);
    }
  }
  // One that is older was being removed.
  found.halfWritten = names.some((name) => stepOfPartial(name) > (found.newestStep ?? 0));
  return found;
}

const stepOfPartial = (name: string): number => Number(/^checkpoint-(\d+)\.partial-/.exec(name)?.[1] ?? 0);
