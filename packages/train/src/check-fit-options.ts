import { OptionError, checkCounts, checkFlag, checkOptions, checkUint32, isRecord } from '@striate/core';
import { checkCallbacks } from './callbacks/check-callbacks.ts';
import { checkBatches } from './check-batches.ts';
import { checkSignal } from './check-signal.ts';
import type { FitOptions } from './fit.ts';
import { checkTrainingState } from './check-training-state.ts';
import { checkOptimizer } from './optimizers/optimizers.ts';

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
