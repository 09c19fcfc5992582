import { OptionError, checkCounts, checkFlag, checkOptions, checkUint32, isRecord } from '@striate/core';
import type { Batches } from '@striate/data';
import type { Callback } from './callbacks/callback.ts';
import { checkCallbacks } from './callbacks/check-callbacks.ts';
import { checkBatches } from './check-batches.ts';
import { checkSignal } from './check-signal.ts';
import { checkTrainingState } from './check-training-state.ts';
import type { Optimizer } from './optimizers/optimizer.ts';
import { checkOptimizer } from './optimizers/optimizers.ts';
import type { Objectives } from './tasks.ts';
import type { TrainingState } from './training-state.ts';

/** Options of `fit`. */
export interface FitOptions extends Objectives {
  data: Batches;
  /** Evaluated after each epoch. */
  validation?: Batches;
  /** In all, those before a resume included. */
  epochs: number;
  optimizer: Optimizer;
  callbacks?: readonly Callback[];
  /**
   * Training stops after the step in which this is aborted; `fit` then returns as usual. A callback has half a minute more
   * to end what it does; after that it is not waited for, nor called again, and `history.stopped` says so.
   */
  signal?: AbortSignal;
  /** What first weights (of a model without any) and random layers depend on: an integer from 0 to 2^32 - 1. Default 0. */
  seed?: number;
  /** Go on from here; its values take the place of those that a network comes with. It is left alone. */
  resume?: TrainingState;
  /** Keep the loss of each step in `history.stepLosses`. Default false. */
  stepLosses?: boolean;
  /**
   * How many batches make one step, as if they were one: their gradients are averaged over all samples before the
   * parameters change. What is left at an epoch's end makes a step of its own. Default 1.
   */
  accumulate?: number;
}

/**
 * Checks what `fit` is given, but for losses and metrics, which are looked at with the model.
 *
 * @throws {OptionError} saying what to write
 */
export function checkFitOptions(options: FitOptions): void {
  const sized = isRecord(options) && ['batchSize', 'batch_size'].find((name) => Object.hasOwn(options, name));
  if (sized) {
    throw new OptionError(
      `fit: there is no option '${sized}': data come in batches already. Write data: batches(dataset, { size: 32, seed: 1 }).`,
    );
  }
  checkOptions(
    'fit',
    options,
    {
      data: true,
      validation: true,
      epochs: true,
      optimizer: true,
      loss: true,
      lossWeights: true,
      metrics: true,
      callbacks: true,
      signal: true,
      seed: true,
      resume: true,
      stepLosses: true,
      accumulate: true,
    },
    'fit(model, { data, epochs: 3, optimizer: adam(), loss: crossEntropy() })',
  );
  const { data, validation, epochs, optimizer, callbacks, signal, seed, resume, stepLosses, accumulate = 1 } = options;
  checkBatches('fit: data', data);
  if (validation !== undefined) checkBatches('fit: validation', validation);
  checkCounts('fit', { epochs, accumulate });
  checkOptimizer('fit', optimizer);
  if (callbacks !== undefined) checkCallbacks('fit: callbacks', callbacks);
  checkSignal('fit', signal);
  if (seed !== undefined) checkUint32(seed, 'seed', 'fit');
  if (stepLosses !== undefined) checkFlag('fit', 'stepLosses', stepLosses);
  if (resume !== undefined) checkTrainingState('fit: resume', resume);
}
