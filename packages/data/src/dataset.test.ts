import { expect, test } from 'vitest';
import { arrayDataset, type Dataset, subset, take } from './dataset.ts';

const classNames = ['a', 'b', 'c'];
const pixels = Uint8Array.from({ length: 5 * 6 }, (_, place) => place);
const labels = [0, 1, 2, 1, 0];
const five = arrayDataset({ name: 'five', pixels, labels, inputShape: [1, 2, 3], classNames });

/** The same samples, but read one at a time, as from files. */
function lazily({ name, length, inputShape, classNames, labels: classes, get }: Dataset): Dataset {
  return { name, length, inputShape, classNames, labels: classes, get: async (index) => get(index) };
}

test('arrayDataset gives each image with its label', () => {
  expect(five.length).toBe(5);
  expect(five.get(3)).toEqual({ pixels: Uint8Array.of(18, 19, 20, 21, 22, 23), label: 1 });
});

test('subset and take hold the samples asked for, in memory or not', async () => {
  const inMemory = subset(five, [4, 0, 4]);
  expect([...inMemory.labels]).toEqual([0, 0, 0]);
  expect([...inMemory.pixels!]).toEqual([24, 25, 26, 27, 28, 29, 0, 1, 2, 3, 4, 5, 24, 25, 26, 27, 28, 29]);
  const read = subset(lazily(five), [4, 2]);
  expect([...read.labels]).toEqual([0, 2]);
  expect(await read.get(1)).toEqual(five.get(2));
  expect(take(five, 2).length).toBe(2);
  expect(take(five, 2).get(1)).toEqual(five.get(1));
  expect(take(five, 9).length).toBe(5);
});

test('bad input is refused', () => {
  const make = (changes: object): Dataset =>
    arrayDataset({ name: 'five', pixels, labels, inputShape: [1, 2, 3], classNames, ...changes });
  expect(() => make({ labels: [0, 1] })).toThrowErrorMatchingInlineSnapshot(
    `[DataError: five: 2 labels, but 30 pixel values, which make 5 images of 1 x 2 x 3. Every image needs one label.]`,
  );
  expect(() => make({ labels: [0, 1, 2, 3, 0] })).toThrowErrorMatchingInlineSnapshot(
    `[DataError: five: label 3 is 3, but there are 3 classes, so labels are 0 to 2.]`,
  );
  expect(() => make({ labels: Int32Array.of(0, -1, 2, 0, 0) })).toThrowErrorMatchingInlineSnapshot(
    `[DataError: five: label 1 is -1, but there are 3 classes, so labels are 0 to 2.]`,
  );
  expect(() => five.get(5)).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: five: sample 5 was asked for, but the 5 samples are numbered from 0 to 4.]`,
  );
  expect(() => subset(five, [0, -1])).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: five: sample -1 was asked for, but the 5 samples are numbered from 0 to 4.]`,
  );
  expect(() => take(five, 1.5)).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: take: count is 1.5, but must be a whole number >= 0.]`,
  );
});
