import { checkFlag, checkOptions, checkUint32, describe, OptionError, permutation, streams } from '@striate/core';
import { checkDataset } from './check-dataset.ts';
import type { Dataset } from './dataset.ts';
import { subset } from './subset.ts';

/** How `split` divides. */
export interface SplitOptions {
  /** Share of all samples for validation, above 0 and below 1. */
  readonly validation: number;
  /** Share of all samples for a test set; without it there is none. */
  readonly test?: number;
  /** Which division: equal seeds divide equally. */
  readonly seed: number;
  /** Divide each class by the same shares (default), or draw from all samples at once. */
  readonly stratified?: boolean;
}

const known = { validation: true, test: true, seed: true, stratified: true } as const;

/** Disjoint parts that together hold every sample once. */
export interface Split {
  readonly train: Dataset;
  readonly validation: Dataset;
}

/**
 * Divides a data set at random into disjoint parts that hold every sample exactly once, each class by the same shares
 * unless `stratified` is false. The parts have round(share * length) samples; where classes do not divide evenly,
 * those with the largest remainder get one more.
 *
 * @returns train (what is left), validation, and test if asked for; each in the order of the original
 * @throws OptionError if shares or seed are impossible, or a part would be empty
 * @throws DataError if the parts of the data set do not belong together, as a label that is out of range
 * @example
 * ```ts
 * const { train: all } = await mnist();
 * const { train, validation } = split(all, { validation: 0.1, seed: 1 });
 * ```
 */
export function split(
  dataset: Dataset,
  options: SplitOptions & { readonly test: number },
): Split & { readonly test: Dataset };
export function split(dataset: Dataset, options: SplitOptions): Split;
export function split(dataset: Dataset, options: SplitOptions): Split & { readonly test?: Dataset } {
  checkOptions('split', options, known, 'split(dataset, { validation: 0.1, seed: 1 })');
  checkDataset('split', dataset);
  const { validation, test, seed, stratified = true } = options;
  checkUint32(seed, 'seed', 'split');
  checkFlag('split', 'stratified', stratified);
  checkShares(dataset, validation, test);
  const left = shuffledGroups(dataset, seed, stratified);
  const draw = (share: number): Dataset => subset(dataset, takeShare(left, share, dataset.length));
  const validationPart = draw(validation);
  const testPart = test === undefined ? undefined : draw(test);
  const train = subset(
    dataset,
    left.flatMap((group) => group).sort((a, b) => a - b),
  );
  return { train, validation: validationPart, ...(testPart === undefined ? {} : { test: testPart }) };
}

function checkShares({ name, length }: Dataset, validation: number, test: number | undefined): void {
  for (const [part, share] of [
    ['validation', validation],
    ['test', test === undefined ? 0.5 : test],
  ] as const) {
    if (!(typeof share === 'number' && share > 0 && share < 1)) {
      throw new OptionError(
        `split: ${part} is ${describe(share)}, but must be a share of all samples, above 0 and below 1, such as 0.1.`,
      );
    }
    if (Math.round(share * length) === 0) {
      throw new OptionError(
        `split: ${part} ${share} of the ${length} samples of ${name} is none; give a larger share.`,
      );
    }
  }
  const held = Math.round(validation * length) + Math.round((test ?? 0) * length);
  if (held >= length) {
    throw new OptionError(
      `split: validation ${validation} and test ${test ?? 0} leave none of the ${length} samples of ${name} for training.`,
    );
  }
}

/** The samples of each class, or of all classes together, each group in random order. */
function shuffledGroups(dataset: Dataset, seed: number, stratified: boolean): number[][] {
  const groups: number[][] = stratified ? dataset.classNames.map(() => []) : [[]];
  dataset.labels.forEach((label, index) => groups[stratified ? label : 0]?.push(index));
  return groups.map((group, call) =>
    Array.from(permutation({ seed, stream: streams.split, call, step: 0 }, group.length), (place) => group[place] ?? 0),
  );
}

/** Takes round(share * length) samples off the groups' ends, from each by its size, and returns them in order. */
function takeShare(groups: number[][], share: number, length: number): number[] {
  const total = groups.reduce((sum, group) => sum + group.length, 0);
  const wanted = Math.round(share * length);
  const exact = groups.map((group) => (group.length * wanted) / total);
  const counts = exact.map(Math.floor);
  const byRemainder = exact
    .map((count, index) => ({ index, remainder: count % 1 }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  const missing = wanted - counts.reduce((sum, count) => sum + count, 0);
  for (const { index } of byRemainder.slice(0, missing)) counts[index] = (counts[index] ?? 0) + 1;
  return groups.flatMap((group, index) => group.splice(group.length - (counts[index] ?? 0))).sort((a, b) => a - b);
}
