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

/** Sums of an epoch that goes on with these numbers: new ones count from here, those that are gone are left out. */
export function continueSums(sums: EpochSums, names: readonly string[]): EpochSums {
  if (sums.samples === 0) return sums;
  const { before: earlier = {}, values: all } = sums;
  const values = Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
  const before = Object.fromEntries(
    names.flatMap((name) => {
      const missed = Object.hasOwn(all, name) ? (earlier[name] ?? 0) : sums.samples;
      return missed === 0 ? [] : [[name, missed]];
    }),
  );
  const { before: _, ...rest } = sums;
  return { ...rest, values, ...(Object.keys(before).length > 0 && { before }) };
}

/** Means over an epoch's samples, by name; of a number that came later, over those since. */
export function meansOf({ samples, values, before = {} }: EpochSums): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, sum]) => [name, sum / (samples - (before[name] ?? 0))]));
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
