import type { Batch, Batches } from './batches.ts';

/**
 * The same batches, each changed: with further inputs or targets, or weights.
 *
 * @param change a pure function, so that an epoch can be had again
 * @example
 * const weighted = mapBatches(batches(train, { size: 64, seed: 1 }), (batch) => ({
 *   ...batch,
 *   weights: Float32Array.from(batch.targets, (label) => (label === 0 ? 2 : 1)),
 * }));
 */
export function mapBatches(data: Batches, change: (batch: Batch) => Batch | Promise<Batch>): Batches {
  return {
    ...data,
    async *epoch(n, options) {
      for await (const batch of data.epoch(n, options)) yield await change(batch);
    },
  };
}
