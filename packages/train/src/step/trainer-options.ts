import { checkOptions, checkUint32 } from '@striate/core';
import type { Optimizer } from '../optimizers/optimizer.ts';
import { checkOptimizer } from '../optimizers/optimizers.ts';
import type { UpdateFactors } from '../optimizers/update-groups.ts';
import type { Objectives } from '../tasks.ts';

/** Options of `createTrainer`. */
export interface TrainerOptions extends Objectives {
  optimizer: Optimizer;
  /**
   * Factors of the learning rate and the weight decay of single parameters, by path, as `{ learningRate: { 'dense/kernel':
   * 0.1 } }`. Default: 1 for all.
   */
  factors?: UpdateFactors;
  /** What random layers depend on: an integer from 0 to 2^32 - 1. Default 0. */
  seed?: number;
}

/** @throws {OptionError} saying what to write; losses and metrics are looked at with the model */
export function checkTrainerOptions(options: TrainerOptions): void {
  checkOptions(
    'createTrainer',
    options,
    { loss: true, lossWeights: true, metrics: true, optimizer: true, factors: true, seed: true },
    'createTrainer(network, { loss: crossEntropy(), optimizer: adam() })',
  );
  checkOptimizer('createTrainer', options.optimizer);
  if (options.seed !== undefined) checkUint32(options.seed, 'seed', 'createTrainer');
}
