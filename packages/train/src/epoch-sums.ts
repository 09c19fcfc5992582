/** Sums over the part of an epoch that is done. */
export interface EpochSums {
  samples: number;
  /** Time spent in training, in seconds. */
  seconds: number;
  /** Sum over samples of the loss and of each metric. */
  values: Readonly<Record<string, number>>;
  /** What metrics counted that do not count samples. */
  counts?: Readonly<Record<string, number>>;
  /** Samples of the epoch that went before a metric was there, of those that a resume brought in its midst. */
  before?: Readonly<Record<string, number>>;
}

/** Nothing summed yet. */
export const noSums: EpochSums = { samples: 0, seconds: 0, values: {} };

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
