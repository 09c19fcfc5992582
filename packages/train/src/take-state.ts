import type { Batch } from '@striate/data';
import { basisOf, type TrainedBy } from './basis.ts';
import { markData } from './check-resume.ts';
import type { Keeper } from './keeper.ts';
import type { Ledger } from './ledger.ts';
import type { TrainingState } from './training-state.ts';

/** What a training state is made of. */
export interface StateParts {
  by: TrainedBy;
  seed: number;
  keeper: Keeper;
  ledger: Ledger;
  /** The last batch trained on in this call of `fit`, if there was one. */
  lastBatch: Batch | undefined;
  /** What this call began with. */
  resume: TrainingState | undefined;
}

/** All that is needed to go on from here. */
export async function takeState({ by, seed, keeper, ledger, lastBatch, resume }: StateParts): Promise<TrainingState> {
  // Where no step was done, the basis is the one that was resumed: a batch to look at is there only after a step.
  const basis = lastBatch || !resume ? await basisOf(by, lastBatch) : resume.basis;
  return {
    ...keeper.current(),
    seed,
    sums: ledger.sums(),
    history: ledger.epochs(),
    data: lastBatch || !resume ? markData(by, lastBatch?.ids) : resume.data,
    ...(basis && { basis }),
  };
}
