import { BackendError, activeBackend } from '@striate/core';
import type { Callback } from './callbacks/callback.ts';

/** What is known where a backend failed in training. */
export interface BackendFailure {
  error: BackendError;
  /** Steps done. */
  step: number;
  callbacks: readonly Callback[];
}

/**
 * An error about a backend that failed while training ran (a GPU that was lost, a worker that was killed): what happened,
 * where the last checkpoint is, and how to go on from it, here or elsewhere.
 */
export function explainBackendFailure({ error, step, callbacks }: BackendFailure): BackendError {
  const checkpoint = callbacks
    .map((callback) => callback.lastCheckpoint?.())
    .findLast((folder) => folder !== undefined);
  const backend = activeBackend()?.name ?? 'unknown';
  const advice =
    checkpoint === undefined
      ? "There is no checkpoint to go on from: give callbacks: [checkpoints('runs/a', { everySteps: 500 })] to have some."
      : `Last checkpoint: ${checkpoint}. Resume on this or another backend: ` +
        `fit(model, { ...options, resume: (await readCheckpoint('${checkpoint}', model)).state }).`;
  return new BackendError(`fit: the backend ${backend} failed after step ${step}: ${error.message} ${advice}`, {
    cause: error,
  });
}
