import type { EpochRecord, EpochSums } from './training-state.ts';

/** What happened in training; plain JSON. */
export interface History {
  /** One record an epoch, those before a resume included. */
  epochs: readonly EpochRecord[];
  /** 'completed', 'aborted', or the reason that a callback gave. */
  stopped: string;
  /** The loss of each step of this call, if asked for. */
  stepLosses?: readonly number[];
}

/** Adds a batch's mean loss and summed metrics to an epoch's sums. */
export function addToSums(
  sums: EpochSums,
  names: readonly string[],
  numbers: ArrayLike<number>,
  samples: number,
): EpochSums {
  const values: Record<string, number> = {};
  for (const [place, name] of names.entries()) {
    // The loss is a mean over the batch, metrics are sums.
    const contribution = place === 0 ? numbers[0]! * samples : numbers[place]!;
    values[name] = (sums.values[name] ?? 0) + contribution;
  }
  return { ...sums, samples: sums.samples + samples, values };
}

/** Means over an epoch's samples, by name. */
export function meansOf({ samples, values }: EpochSums): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, sum]) => [name, sum / samples]));
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
