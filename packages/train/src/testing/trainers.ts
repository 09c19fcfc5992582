import { batches, type Batch, type Batches } from '@striate/data';
import { smallNet } from '@striate/inference/testing';
import { initialize } from '@striate/layers';
import { crossEntropy } from '../losses/cross-entropy.ts';
import { accuracy } from '../metrics/accuracy.ts';
import { adam } from '../optimizers/adam.ts';
import { createTrainer, type Trainer } from '../step/trainer.ts';
import type { TrainerOptions } from '../step/trainer-options.ts';
import { blobs } from './blobs.ts';

/** Six batches an epoch, the last of which is short. */
export const data: Batches = batches(blobs({ length: 52, seed: 1 }), { size: 10, seed: 3 });

/** What the trainers of tests are made with. */
export const options = (): TrainerOptions => ({
  loss: crossEntropy(),
  optimizer: adam({ learningRate: 0.02 }),
  metrics: [accuracy()],
  seed: 5,
});

/** A trainer of the small net. */
export const newTrainer = (changes: Partial<TrainerOptions> = {}): Trainer =>
  createTrainer(initialize(smallNet(), { seed: 5 }), { ...options(), ...changes });

/** The first batches of an epoch. */
export async function firstBatches(count: number): Promise<Batch[]> {
  const found: Batch[] = [];
  for await (const batch of data.epoch(0)) if (found.push(batch) === count) break;
  return found;
}
