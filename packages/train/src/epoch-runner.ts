import { DataError, dispose } from '@striate/core';
import type { Batch, Batches } from '@striate/data';
import { createTurn } from '@striate/inference/internal';
import type { Model } from '@striate/layers';
import { ahead } from './ahead.ts';
import type { Clock } from './clock.ts';
import type { Keeper } from './keeper.ts';
import { adviseOnMemory, isOutOfMemory } from './memory-advice.ts';
import type { Notifier } from './notifier.ts';
import { onDevice } from './on-device.ts';
import type { Reading } from './readings.ts';
import { disposeGradients } from './step/compute-gradients.ts';
import { computeUpdate } from './step/compute-update.ts';
import type { PreparedStep } from './step/prepare-step.ts';
import { addBatch, type StepGroup } from './step/step-group.ts';

/** Trains on the batches of an epoch. */
export interface EpochRunner {
  /** Steps to the end of the epoch, or until training is stopped; all losses have been read then. */
  run(): Promise<void>;
  /** The last batch of the last step, if there was one. */
  lastBatch(): Batch | undefined;
}

/** What an epoch is trained with. */
export interface EpochRun {
  step: PreparedStep;
  model: Model;
  data: Batches;
  /** Batches that make one step. */
  accumulate: number;
  keeper: Keeper;
  clock: Clock;
  notifier: Notifier;
  /** Name of the node whose layer was last begun. */
  lastLayer(): string | undefined;
}

/** Makes what runs the epochs of one call of `fit`. */
export function createEpochRunner({
  step,
  model,
  data,
  accumulate,
  keeper,
  clock,
  notifier,
  lastLayer,
}: EpochRun): EpochRunner {
  const turn = createTurn();
  let lastBatch: Batch | undefined;
  let group: StepGroup | undefined;

  const add = (batch: Batch): StepGroup => {
    if (!group) keeper.release();
    return onDevice('fit', { model, tasks: step.tasks }, batch, (device) =>
      addBatch(step, keeper.current(), group, device),
    );
  };

  const update = ({ gradients, loss, numbers, state, count, batches }: StepGroup): Reading => {
    const before = keeper.current();
    const reading: Reading = { step: before.step + 1, samples: count };
    const updated = computeUpdate(step, before, gradients);
    dispose(gradients);
    keeper.accept({ ...updated, state }, batches, reading, [loss, ...numbers]);
    return reading;
  };

  /** What is to be read of the step that the batch was the last of, if it was. */
  const trainOn = (batch: Batch): Reading | undefined => {
    try {
      group = add(batch);
      const isLast = keeper.current().batch + group.batches === data.batchesPerEpoch;
      if (group.batches < accumulate && !isLast) return undefined;
      const reading = update(group);
      group = undefined;
      lastBatch = batch;
      return reading;
    } catch (error) {
      if (!isOutOfMemory(error)) throw error;
      throw adviseOnMemory({ error, model, layer: lastLayer(), batchSize: batch.ids.length });
    }
  };

  /** @throws {DataError} if an epoch that nobody stopped ended early */
  const checkLength = (epoch: number): void => {
    const batches = keeper.current().batch + (group?.batches ?? 0);
    if (batches === data.batchesPerEpoch || notifier.stopped() !== undefined) return;
    throw new DataError(
      `fit: epoch ${epoch + 1} of the data ended after ${batches} batches, but their batchesPerEpoch is ${data.batchesPerEpoch}.`,
    );
  };

  return {
    lastBatch: () => lastBatch,
    async run() {
      const { epoch, batch: from } = keeper.current();
      clock.start();
      try {
        for await (const batch of ahead(data.epoch(epoch, { from }))) {
          const reading = trainOn(batch);
          const isOver = turn.isOver();
          if (reading && (isOver || keeper.windowIsFull())) await keeper.advance();
          if (isOver) await turn.yield();
          if (!reading) continue;
          await notifier.step(reading);
          if (notifier.stopped() !== undefined) break;
          clock.start();
        }
        await keeper.settle();
        checkLength(epoch);
      } finally {
        if (group) disposeGradients(group);
        group = undefined;
      }
      clock.stop();
      // The validation has turns of its own, the first of which must not add to this one.
      await turn.yield();
    },
  };
}
