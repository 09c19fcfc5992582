import { NumericError } from '@striate/core';
import { createClock, type Clock } from './clock.ts';
import { addToSums, continueSums, noSums, type BatchNumber, type EpochSums } from './epoch-sums.ts';
import { epochRecord, type EpochRecord } from './history.ts';
import type { Reading } from './readings.ts';
import type { TrainingState } from './training-state.ts';

/** Keeps the books of a training: sums of the running epoch, records of those before. */
export interface Ledger {
  /** Counts while steps run. */
  readonly clock: Clock;
  /** Enters what was read of a step; throws NumericError if its loss is not finite. */
  enter(reading: Reading): void;
  /** The step whose loss was not finite, if there was one. */
  failedStep(): number | undefined;
  /** Of the epoch that is running. */
  sums(): EpochSums;
  epochs(): readonly EpochRecord[];
  /** Ends the epoch: its record joins the others, sums and clock begin anew. Throws NumericError if the validation's loss is not finite. */
  closeEpoch(epoch: number, step: number, validation: Readonly<Record<string, number>>): EpochRecord;
  /** The loss of each step entered, if they are kept. */
  readonly stepLosses: readonly number[];
}

/** Opens a ledger, which goes on from that of a training state. */
export function createLedger(
  numbers: readonly BatchNumber[],
  stepsPerEpoch: number,
  { from, keepSteps }: { from: TrainingState | undefined; keepSteps: boolean },
): Ledger {
  const clock = createClock(from?.sums.seconds ?? 0);
  const stepLosses: number[] = [];
  let sums = from ? continueSums(from.sums, numbers) : noSums;
  let epochs = from?.history ?? [];
  let failedStep: number | undefined;

  const sumsNow = (): EpochSums => ({ ...sums, seconds: clock.seconds() });
  return {
    clock,
    stepLosses,
    enter({ step, samples, numbers: found }) {
      const loss = found![0]!;
      if (!Number.isFinite(loss)) {
        failedStep ??= step;
        throw new NumericError(`fit: the loss of step ${step} (epoch ${Math.ceil(step / stepsPerEpoch)}) is ${loss}.`);
      }
      if (keepSteps) stepLosses.push(loss);
      sums = addToSums(sums, numbers, found!, samples);
    },
    failedStep: () => failedStep,
    sums: sumsNow,
    epochs: () => epochs,
    closeEpoch(epoch, step, validation) {
      const validationLoss = validation['loss'] ?? 0;
      if (!Number.isFinite(validationLoss)) {
        throw new NumericError(`fit: the validation loss after step ${step} (epoch ${epoch}) is ${validationLoss}.`);
      }
      const record = epochRecord(epoch, step, sumsNow(), validation);
      epochs = [...epochs, record];
      sums = noSums;
      clock.reset();
      return record;
    },
  };
}
