import { BackendError, NumericError } from '@striate/core';
import type { Batches } from '@striate/data';
import type { Callback } from './callbacks/callback.ts';
import { explainBackendFailure } from './explain-backend-failure.ts';
import { explainNonFinite } from './explain-non-finite.ts';
import type { Keeper } from './keeper.ts';
import type { Ledger } from './ledger.ts';
import type { PreparedStep } from './step/prepare-step.ts';

/** What is known where training failed. */
export interface Failure {
  error: unknown;
  step: PreparedStep;
  data: Batches;
  accumulate: number;
  keeper: Keeper;
  ledger: Ledger;
  callbacks: readonly Callback[];
  /** Steps that were done before this call of `fit`. */
  firstStep: number;
}

/** What `fit` throws where training failed: what is known of why, and how to go on. */
export async function explainFailure(failure: Failure): Promise<unknown> {
  const { error, step, data, accumulate, keeper, ledger, callbacks, firstStep } = failure;
  const done = keeper.current().step;
  if (error instanceof BackendError) {
    // Advice on memory, made from such an error, stands for itself.
    const isExplained = error.cause instanceof BackendError || done === firstStep;
    return isExplained ? error : explainBackendFailure({ error, step: done, callbacks });
  }
  if (!(error instanceof NumericError)) return error;
  const failed = ledger.failedStep() ?? done + 1;
  return explainNonFinite({ step, data, accumulate, failed, error, from: keeper.verified() });
}
