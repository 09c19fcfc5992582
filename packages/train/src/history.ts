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

/** A number that each batch gives: a mean or a sum over its samples, or what a metric counts instead of them. */
export interface BatchNumber {
  readonly name: string;
  readonly is: 'mean' | 'sum' | 'count';
}

/** Adds what a batch gave, in the order of `numbers`, to an epoch's sums. */
export function addToSums(
  sums: EpochSums,
  numbers: readonly BatchNumber[],
  found: ArrayLike<number>,
  samples: number,
): EpochSums {
  const values: Record<string, number> = {};
  const counts: Record<string, number> = {};
  for (const [place, { name, is }] of numbers.entries()) {
    const contribution = is === 'mean' ? found[place]! * samples : found[place]!;
    if (is === 'count') counts[name] = (sums.counts?.[name] ?? 0) + contribution;
    else values[name] = (sums.values[name] ?? 0) + contribution;
  }
  const hasCounts = Object.keys(counts).length > 0;
  return { ...sums, samples: sums.samples + samples, values, ...(hasCounts && { counts }) };
}

/** Sums of an epoch that goes on with these numbers: new ones count from here, those that are gone are left out. */
export function continueSums(sums: EpochSums, numbers: readonly BatchNumber[]): EpochSums {
  if (sums.samples === 0) return sums;
  const names = numbers.flatMap(({ name, is }) => (is === 'count' ? [] : [name]));
  const { before: earlier = {}, values: all, counts: allCounts = {} } = sums;
  const values = Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
  const counts = Object.fromEntries(Object.entries(allCounts).filter(([name]) => names.includes(name)));
  const before = Object.fromEntries(
    names.flatMap((name) => {
      const missed = Object.hasOwn(all, name) ? (earlier[name] ?? 0) : sums.samples;
      return missed === 0 ? [] : [[name, missed]];
    }),
  );
  return {
    samples: sums.samples,
    seconds: sums.seconds,
    values,
    ...(Object.keys(counts).length > 0 && { counts }),
    ...(Object.keys(before).length > 0 && { before }),
  };
}

/** Means over an epoch's samples, or what was counted instead, by name; of a number that came later, over those since. */
export function meansOf({ samples, values, counts = {}, before = {} }: EpochSums): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).map(([name, sum]) => [name, sum / (counts[name] ?? samples - (before[name] ?? 0))]),
  );
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
