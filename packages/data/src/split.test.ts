import { expect, test } from 'vitest';
import { arrayDataset } from './array-dataset.ts';
import type { Dataset } from './dataset.ts';
import { split, type SplitOptions } from './split.ts';

/** Sample i's pixels spell i, so that parts can be told apart. */
function numbered(labels: number[], classes: number): Dataset {
  const pixels = Uint8Array.from(labels.flatMap((_, index) => [index >> 8, index & 255]));
  const classNames = Array.from({ length: classes }, (_, index) => `class ${index}`);
  return arrayDataset({ name: 'numbered', pixels, labels, inputShape: [1, 2, 1], classNames });
}

const numbersOf = ({ pixels, length }: Dataset): number[] =>
  Array.from({ length }, (_, index) => pixels![2 * index]! * 256 + pixels![2 * index + 1]!);
const countsOf = ({ labels, classNames }: Dataset): number[] =>
  classNames.map((_, label) => labels.filter((other) => other === label).length);

const dataset = numbered(
  Array.from({ length: 1000 }, (_, index) => (index < 600 ? 0 : index < 903 ? 1 : 2)),
  3,
);

test('every sample is in exactly one part, with its label', () => {
  for (const stratified of [true, false]) {
    const parts = split(dataset, { validation: 0.1, test: 0.25, seed: 1, stratified });
    const all = [parts.train, parts.validation, parts.test];
    expect(all.map((part) => part.length)).toEqual([650, 100, 250]);
    expect(all.flatMap(numbersOf).sort((a, b) => a - b)).toEqual(numbersOf(dataset));
    for (const part of all) {
      expect(numbersOf(part).map((number) => dataset.labels[number])).toEqual([...part.labels]);
    }
  }
});

test('a stratified split gives each class its share, the largest remainders one more', () => {
  const { validation, train } = split(dataset, { validation: 0.1, seed: 1 });
  expect(countsOf(validation)).toEqual([60, 30, 10]);
  expect(countsOf(train)).toEqual([540, 273, 87]);
  const { validation: unstratified } = split(dataset, { validation: 0.1, seed: 1, stratified: false });
  expect(countsOf(unstratified)).not.toEqual([60, 30, 10]);
});

test('tiny and absent classes do not break the counts', () => {
  const {
    train,
    validation,
    test: held,
  } = split(numbered([0, 0, 0, 1, 1, 3, 3], 4), { validation: 0.4, test: 0.3, seed: 5 });
  expect([train.length, validation.length, held.length]).toEqual([2, 3, 2]);
});

test('the seed decides, and nothing else', () => {
  const draw = (seed: number): number[] => numbersOf(split(dataset, { validation: 0.1, seed }).validation);
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
});

test('impossible shares and seeds are refused', () => {
  const tiny = numbered([0, 0, 0], 1);
  expect(() => split(tiny, { validation: 0, seed: 1 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: split: validation is 0, but must be a share of all samples, above 0 and below 1, such as 0.1.]`,
  );
  expect(() => split(tiny, { validation: 0.5, test: 1, seed: 1 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: split: test is 1, but must be a share of all samples, above 0 and below 1, such as 0.1.]`,
  );
  expect(() => split(tiny, { validation: 0.1, seed: 1 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: split: validation 0.1 of the 3 samples of numbered is none; give a larger share.]`,
  );
  expect(() => split(tiny, { validation: 0.5, test: 0.4, seed: 1 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: split: validation 0.5 and test 0.4 leave none of the 3 samples of numbered for training.]`,
  );
  expect(() => split(tiny, { validation: 0.4, seed: -1 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: split: seed is -1, but must be an integer from 0 to 4294967295.]`,
  );
  expect(() => split(tiny, { validation: 0.4 } as SplitOptions)).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: split: seed is undefined, but must be an integer from 0 to 4294967295.]`,
  );
  const wrong = { ...tiny, labels: Int32Array.of(0, 1, 0) };
  expect(() => split(wrong, { validation: 0.4, seed: 1 })).toThrowErrorMatchingInlineSnapshot(
    `[DataError: split: numbered: label 1 is 1, but there are 1 classes, so labels are whole numbers from 0 to 0.]`,
  );
});
