import type { Tensor } from '@striate/core';
import { createReadings, type Reading } from './readings.ts';
import { disposeTraining, type Position, type TrainingValues } from './training-state.ts';

/** Values and how far they have come. */
export interface Snapshot extends TrainingValues, Position {}

/** Losses are asked for after so many steps at the latest. */
const longestWindow = 16;

/** Values above this size are not kept for replays: there may not be room for them. */
export const largestKept: number = 2 ** 28;

/** Keeps the values that steps change, and reads the losses of the steps behind them. */
export interface Keeper {
  /** The newest values; gone after the next step. */
  current(): Snapshot;
  /** Values from which a step's loss was read and found finite, as late as known; undefined if they are too large to keep. */
  verified(): Snapshot | undefined;
  /** Gives back what only a read after the last step would have needed; called before the next one, whose memory it is. */
  release(): void;
  /**
   * Takes over what a step made of so many batches: the new values, and its loss and metrics, which are to be read.
   * `advance` must be called after it if `windowIsFull`.
   */
  accept(next: TrainingValues, batches: number, reading: Reading, scalars: readonly Tensor[]): void;
  windowIsFull(): boolean;
  /** Asks for the losses of the last steps, and waits for those asked for before. */
  advance(): Promise<void>;
  /** Waits for all losses. */
  settle(): Promise<void>;
  /** The epoch that was running has ended. */
  nextEpoch(): void;
  /** Gives back everything, but the newest values if they are handed on. */
  end(options: { handOn: boolean }): Promise<void>;
}

/**
 * Makes a keeper, which takes over the values of `start`. `take` gets each step's loss and metrics in order, some steps
 * late, and may throw: `advance` or `settle` then does.
 *
 * Old values are given back after each step, but for two sets: the last from which a finite loss was computed, from
 * which a step can be replayed exactly, and the set that follows it once its loss has been read.
 */
export function createKeeper(start: Snapshot, take: (reading: Reading) => void): Keeper {
  const keeps = bytesOf(start) <= largestKept;
  const readings = createReadings(take);
  let current = start;
  let before: Snapshot | undefined;
  let verified = keeps ? start : undefined;
  let candidate: Snapshot | undefined;

  const release = (snapshot: Snapshot | undefined): void => {
    if (!snapshot || [current, before, verified, candidate].some((held) => held?.parameters === snapshot.parameters))
      return;
    disposeTraining(snapshot);
  };
  const drop = (held: Snapshot | undefined, replace: () => void): void => {
    replace();
    release(held);
  };
  const promote = (next: Snapshot | undefined): void => {
    if (candidate) drop(verified, () => (verified = candidate));
    drop(candidate, () => (candidate = next));
    drop(before, () => (before = undefined));
  };

  return {
    current: () => current,
    verified: () => verified,
    release: () => drop(before, () => (before = undefined)),
    accept({ parameters, state, optimizer }, batches, reading, scalars) {
      before = current;
      const { step, epoch, batch } = before;
      current = { parameters, state, optimizer, step: step + 1, epoch, batch: batch + batches };
      readings.push(reading, scalars);
      if (!keeps) drop(before, () => (before = undefined));
    },
    windowIsFull: () => readings.pending() >= longestWindow,
    async advance() {
      await readings.advance();
      // What was asked for before has come: the loss that was computed from the candidate is finite.
      promote(before);
    },
    async settle() {
      await readings.settle();
      promote(before);
      promote(undefined);
    },
    nextEpoch() {
      current = { ...current, epoch: current.epoch + 1, batch: 0 };
    },
    async end({ handOn }) {
      await readings.dispose();
      const sets = new Map(
        [current, before, verified, candidate].flatMap((held) => (held ? [[held.parameters, held] as const] : [])),
      );
      if (handOn) sets.delete(current.parameters);
      for (const held of sets.values()) disposeTraining(held);
    },
  };
}

function bytesOf({ parameters, state, optimizer }: TrainingValues): number {
  const lists: readonly Record<string, Tensor>[] = [parameters, state, ...Object.values(optimizer)];
  return (
    4 * lists.reduce((sum, values) => sum + Object.values(values).reduce((size, tensor) => size + tensor.size, 0), 0)
  );
}
