import { tidy } from '@striate/core';
import { initialize, type Model, type Network } from '@striate/layers';
import type { OptimizerState } from './optimizers/optimizer.ts';
import type { Snapshot } from './keeper.ts';
import { firstSlots, type PreparedStep } from './step/prepare-step.ts';
import { cloneAll, cloneSlots, type TrainingState } from './training-state.ts';

/** What training begins with, as copies: what is resumed, the network's values, or those of a model, drawn anew. */
export function firstValues(
  start: Model | Network,
  prepared: PreparedStep,
  resume: TrainingState | undefined,
): Snapshot {
  if (resume) {
    const { parameters, state, optimizer: slots, step, epoch, batch } = resume;
    return {
      parameters: cloneAll(parameters),
      state: cloneAll(state),
      optimizer: cloneSlots(slotsOf(slots, prepared.trained)),
      step,
      epoch,
      batch,
    };
  }
  // An optimiser that fails leaves nothing of the values.
  const values = tidy(() => {
    const { parameters, state } =
      'model' in start
        ? { parameters: cloneAll(start.parameters), state: cloneAll(start.state) }
        : initialize(start, { seed: prepared.seed });
    return { parameters, state, optimizer: firstSlots(prepared, parameters) };
  });
  return { ...values, step: 0, epoch: 0, batch: 0 };
}

/** Without what earlier versions kept of frozen parameters, or what is frozen since. */
function slotsOf(slots: OptimizerState, trained: readonly string[]): OptimizerState {
  return Object.fromEntries(
    Object.entries(slots).map(([slot, values]) => [
      slot,
      Object.fromEntries(trained.map((name) => [name, values[name]!])),
    ]),
  );
}
