import { describe, isRecord, OptionError } from '@striate/core';
import type { Batch, Batches } from './batches.ts';

/**
 * The same batches, each changed: with further inputs or targets, or weights.
 *
 * @param change a pure function, so that an epoch can be had again; `fit` and `evaluate` check that the parts of what it
 * gives belong together
 * @throws OptionError unless it is given batches and a function
 * @example
 * const weighted = mapBatches(batches(train, { size: 64, seed: 1 }), (batch) => ({
 *   ...batch,
 *   weights: Float32Array.from(batch.targets, (label) => (label === 0 ? 2 : 1)),
 * }));
 */
export function mapBatches(data: Batches, change: (batch: Batch) => Batch | Promise<Batch>): Batches {
  if (!isRecord(data) || typeof data.epoch !== 'function') {
    throw new OptionError(
      `mapBatches: data is ${describe(data)}, but must be batches: mapBatches(batches(train, { size: 64, seed: 1 }), change).`,
    );
  }
  if (typeof change !== 'function') {
    throw new OptionError(
      `mapBatches: change is ${describe(change)}, but must be a function of a batch: (batch) => ({ ...batch, weights }).`,
    );
  }
  return {
    ...data,
    async *epoch(n, options) {
      for await (const batch of data.epoch(n, options)) yield await change(batch);
    },
  };
}
