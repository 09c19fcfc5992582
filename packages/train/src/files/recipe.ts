import {
  DataError,
  OptionError,
  checkKinds,
  checkOptions,
  describe,
  fromRecord,
  isRecord,
  type AnyKind,
} from '@striate/core';
import type { Loss } from '../losses/loss.ts';
import { losses } from '../losses/losses.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import { optimizers } from '../optimizers/optimizers.ts';
import type { Checkpoint } from './checkpoint.ts';

/** What a training went by, as `fit` takes it. */
export interface Recipe {
  optimizer: Optimizer;
  /** By the output's name. */
  loss: Readonly<Record<string, Loss>>;
  lossWeights: Readonly<Record<string, number>>;
}

/**
 * What a checkpoint's training went by, made again from what is written there: its optimiser with its schedule, and its
 * losses. Metrics are no part of a checkpoint, since others may be measured from there on.
 *
 * @param options `kinds`: kinds of optimisers, schedules and losses that do not come with us
 * @throws {OptionError} for an optimiser, a schedule or a loss of a type that is not known, or made by hand without a kind
 * @throws {DataError} if the checkpoint is of a version that kept no losses
 * @example
 * const checkpoint = await readCheckpoint('runs/a/checkpoint-000938', lenet5());
 * const recipe = recipeOf(checkpoint, { kinds: [lion] });
 * const { network } = await fit(lenet5(), { data, epochs: 9, ...recipe, resume: checkpoint.state });
 */
export function recipeOf(
  checkpoint: Pick<Checkpoint, 'folder' | 'optimizer' | 'state'>,
  options: { kinds?: readonly AnyKind[] } = {},
): Recipe {
  checkOptions('recipeOf', options, { kinds: true }, 'recipeOf(checkpoint, { kinds: [mine] })');
  const { kinds = [] } = options;
  checkKinds('recipeOf', kinds);
  if (!isRecord(checkpoint) || !isRecord(checkpoint.optimizer) || !isRecord(checkpoint.state))
    throw new OptionError(
      `recipeOf: got ${describe(checkpoint)}, but a checkpoint is needed. Write recipeOf(await readCheckpoint(folder, model)).`,
    );
  const { folder, optimizer, state } = checkpoint;
  const where = `recipeOf: checkpoint ${folder}`;
  if (state.basis === undefined)
    throw new DataError(
      `${where} was written by a version that kept no losses. Give fit its optimizer and loss by hand.`,
    );
  const records = Object.entries(state.basis.losses);
  return {
    optimizer: fromRecord(
      optimizers,
      { type: optimizer.type, options: optimizer.options },
      { where: `${where}: its optimizer`, kinds },
    ),
    loss: Object.fromEntries(
      records.map(([output, { type, options: given }]) => [
        output,
        fromRecord(losses, { type, options: given }, { where: `${where}: the loss of '${output}'`, kinds }),
      ]),
    ),
    lossWeights: Object.fromEntries(records.map(([output, { weight }]) => [output, weight])),
  };
}
