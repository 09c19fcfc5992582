import { median } from './pairs.ts';

/**
 * The 95% interval of the median, by the bootstrap: the medians of 10,000 samples that are drawn from the values, with
 * repetition, lie in it but for 2.5% on each side. The draws are the same for the same number of values.
 *
 * Source: Efron, Tibshirani 1993, "An introduction to the bootstrap", percentile method.
 */
export function interval(values: readonly number[]): [low: number, high: number] {
  const random = generator();
  const draws = 10_000;
  const medians = Array.from({ length: draws }, () =>
    median(values.map(() => values[Math.floor(random() * values.length)]!)),
  ).toSorted((a, b) => a - b);
  return [medians[Math.floor(draws * 0.025)]!, medians[Math.ceil(draws * 0.975) - 1]!];
}

/** Numbers from 0 to 1 (mulberry32): a sequence that is good enough to draw with. */
function generator(): () => number {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
