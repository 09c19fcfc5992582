import { meansOf, type EpochSums } from './epoch-sums.ts';

/** One epoch of the history: numbers by name, such as `loss`, `accuracy`, `validation.loss`. */
export interface EpochRecord {
  /** Counted from 1. */
  epoch: number;
  /** Steps done at its end. */
  step: number;
  /** Mean over the epoch's samples, each taken in the step that trained on it. */
  loss: number;
  /** Time spent in training, without validation. */
  seconds: number;
  imagesPerSecond: number;
  [value: string]: number;
}

/** What happened in training; plain JSON. */
export interface History {
  /** One record an epoch, those before a resume included. */
  epochs: readonly EpochRecord[];
  /** 'completed', 'aborted', or the reason that a callback gave. */
  stopped: string;
  /** The loss of each step of this call, if asked for. */
  stepLosses?: readonly number[];
}

/** The record of an epoch that has ended. */
export function epochRecord(
  epoch: number,
  step: number,
  sums: EpochSums,
  validation: Readonly<Record<string, number>>,
): EpochRecord {
  const means = meansOf(sums);
  const validated = Object.entries(validation).map(([name, value]) => [`validation.${name}`, value]);
  return {
    epoch,
    step,
    loss: means['loss']!,
    ...means,
    ...Object.fromEntries(validated),
    seconds: sums.seconds,
    imagesPerSecond: sums.samples / sums.seconds,
  };
}
