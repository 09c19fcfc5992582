import { ops, tidy, type Values } from '@striate/core';
import type { DeviceBatch } from '../device-batch.ts';
import { averageOfTwo, type CountedGradients } from './average-gradients.ts';
import { computeGradients, disposeGradients, type BatchGradients } from './compute-gradients.ts';
import type { PreparedStep } from './prepare-step.ts';

/** The batches of a step that is under way, as if they were one. */
export interface StepGroup extends BatchGradients {
  batches: number;
}

/** What a step begins with. */
export interface StepStart {
  parameters: Values;
  /** Moving statistics. */
  state: Values;
  /** Steps done. */
  step: number;
}

/**
 * A group with one batch more. Moving statistics and random layers go on from where the batch before left them. The group
 * given is used up; that returned belongs to the caller.
 *
 * @param group undefined for the first batch of a step
 */
export function addBatch(
  prepared: PreparedStep,
  { parameters, state, step }: StepStart,
  group: StepGroup | undefined,
  batch: DeviceBatch,
): StepGroup {
  if (!group) return { ...computeGradients(prepared, { parameters, state, batch, step }), batches: 1 };
  const sum = tidy(() => {
    const more = computeGradients(prepared, {
      parameters,
      state: group.state,
      batch,
      step,
      sampleOffset: group.count,
    });
    return { ...together(group, more), batches: group.batches + 1 };
  });
  disposeGradients(group);
  return sum;
}

// A name that no path of a parameter has.
const lossKey = 'loss:';

/** Means by the counts, and sums. */
function together(before: BatchGradients, more: BatchGradients): BatchGradients {
  const { gradients: means, count } = averageOfTwo(withLoss(before), withLoss(more));
  const { [lossKey]: loss, ...gradients } = means;
  const numbers = before.numbers.map((number, place) => ops.add(number, more.numbers[place]!));
  return { gradients, loss: loss!, numbers, state: more.state, count };
}

const withLoss = ({ gradients, loss, count }: BatchGradients): CountedGradients => ({
  gradients: { ...gradients, [lossKey]: loss },
  count,
});
