import { runInNewContext } from 'node:vm';
import { preprocess } from '@striate/images';
import { expect, test } from 'vitest';
import { batches } from './batches.ts';
import { arrayDataset } from './array-dataset.ts';
import type { ArrayDataset, Dataset } from './dataset.ts';
import { subset, take } from './subset.ts';
import { fashionMnist } from './fashion-mnist.ts';
import { idxDataset, readIdx } from './idx.ts';
import { mapBatches } from './map-batches.ts';
import { mnist } from './mnist.ts';
import { fitPreprocessing, plainPreprocessing } from './fit-preprocessing.ts';
import { split } from './split.ts';

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
    `[DataError: arrayDataset: five has 2 labels, but 30 pixel values, which make 5 images of 1 x 2 x 3. Every image needs one label.]`,
  );
  expect(() => make({ labels: [0, 1, 2, 3, 0] })).toThrowErrorMatchingInlineSnapshot(
    `[DataError: arrayDataset: five: label 3 is 3, but there are 3 classes, so labels are whole numbers from 0 to 2.]`,
  );
  expect(() => make({ labels: Int32Array.of(0, -1, 2, 0, 0) })).toThrowErrorMatchingInlineSnapshot(
    `[DataError: arrayDataset: five: label 1 is -1, but there are 3 classes, so labels are whole numbers from 0 to 2.]`,
  );
  expect(() => make({ labels: ['a', 'b', 'c', 'b', 'a'] })).toThrowErrorMatchingInlineSnapshot(
    `[DataError: arrayDataset: five: label 0 is "a", but there are 3 classes, so labels are whole numbers from 0 to 2. Of a text, it is the place in classNames: classNames.indexOf(label).]`,
  );
  expect(() => make({ pixels: Array.from(pixels, (pixel) => pixel / 255) })).toThrow(
    'From values 0 to 1: Uint8Array.from(values, (value) => Math.round(value * 255))',
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

test('parts that do not belong together are refused by whoever takes a data set', async () => {
  const short = { ...five, labels: Int32Array.of(2, 2, 2) };
  const takers: Record<string, (dataset: Dataset) => unknown> = {
    batches: (dataset) => batches(dataset, { size: 2 }),
    split: (dataset) => split(dataset, { validation: 0.4, seed: 1 }),
    subset: (dataset) => subset(dataset, [0]),
    take: (dataset) => take(dataset, 1),
    plainPreprocessing: (dataset) => plainPreprocessing(dataset),
  };
  const { pixels: _, ...read } = five;
  const wrong = [
    short,
    { ...five, labels: Int32Array.of(0, 1, 2, 1, 3) },
    { ...five, labels: '01210' },
    { ...five, length: 4 },
    { ...five, length: -1 },
    { ...read, length: 6 },
    { ...five, pixels: pixels.subarray(6) },
    { ...five, pixels: Float32Array.from(pixels, (pixel) => pixel / 255) },
    { ...five, pixels: Uint16Array.from(pixels) },
    { ...five, inputShape: [2, 3] },
    { ...five, inputShape: [1, 2.5, 3] },
    { ...five, classNames: 3 },
    { ...five, classNames: ['a', 'b', 3] },
    { ...five, name: undefined },
    { ...five, get: undefined },
    batches(five, { size: 2 }),
    { train: five, test: five },
    Promise.resolve(five),
    pixels,
    undefined,
    null,
    5,
    'mnist',
  ];
  for (const [name, taker] of Object.entries(takers)) {
    expect(taker(five)).toBeDefined();
    for (const dataset of wrong) {
      const call = (): unknown => taker(dataset as never);
      expect(call, name).toThrow(new RegExp(`^${name}: [^\\n]{1,400}$`));
      expect(call, name).toThrow(expect.objectContaining({ name: expect.stringMatching(/^(Option|Data)Error$/) }));
    }
  }
  for (const dataset of wrong) await expect(fitPreprocessing(dataset as never)).rejects.toThrow(/^fitPreprocessing: /);
  expect(() => batches(short, { size: 2 })).toThrowErrorMatchingInlineSnapshot(
    `[DataError: batches: five has 3 labels, but 30 pixel values, which make 5 images of 1 x 2 x 3. Every image needs one label.]`,
  );
  expect(() => batches({ ...read, labels: short.labels }, { size: 2 })).toThrowErrorMatchingInlineSnapshot(
    `[DataError: batches: five has 5 samples, but 3 labels. Every sample needs one; some samples of a data set are subset(dataset, indices) or take(dataset, count).]`,
  );
  expect(() => batches(wrong[7] as never, { size: 2 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: batches: the pixels of five are a Float32Array of 30 values, but must be a Uint8Array of values 0 to 255. From values 0 to 1: Uint8Array.from(values, (value) => Math.round(value * 255)); from 16 bits: value >> 8.]`,
  );
  expect(() => batches(batches(five, { size: 2 }) as never, { size: 2 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: batches: the data set is an object with dataset, size, batchesPerEpoch, preprocessing, order, epoch, but must be a Dataset. These are batches already.]`,
  );
  expect(() =>
    split({ train: five, test: five } as never, { validation: 0.1, seed: 1 }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: split: the data set is an object with train, test, but must be a Dataset. Give one of its parts: .train or .test.]`,
  );
});

test('bytes of every kind are taken, and no others', () => {
  const make = (given: unknown): ArrayDataset =>
    arrayDataset({ name: 'five', pixels: given as Uint8Array, labels, inputShape: [1, 2, 3], classNames });
  const elsewhere = runInNewContext('Uint8Array').from(pixels);
  for (const bytes of [Buffer.from(pixels), Uint8ClampedArray.from(pixels), elsewhere]) {
    expect(batches(make(bytes), { size: 5 }).dataset.length).toBe(5);
    expect([...make(bytes).get(3).pixels]).toEqual([18, 19, 20, 21, 22, 23]);
  }
  expect(() => make([...pixels])).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: arrayDataset: the pixels of five are a list of 30, but must be a Uint8Array of values 0 to 255. Write Uint8Array.from(pixels).]`,
  );
  expect(() => make(Float32Array.from(pixels))).toThrow(/Float32Array of 30 values/);
  expect(() => make(undefined)).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: arrayDataset: five has no pixels. Give a Uint8Array of all images.]`,
  );
});

test('samples that are read are bytes with the label of the list', async () => {
  const reading = async (get: Dataset['get']): Promise<unknown> => {
    for await (const batch of batches({ ...lazily(five), get }, { size: 2 }).epoch(0)) return batch;
    return undefined;
  };
  expect(await reading(five.get)).toBeDefined();
  await expect(reading((index) => ({ ...five.get(index), label: 0 }))).rejects.toThrowErrorMatchingInlineSnapshot(
    `[DataError: five: get(1) gives the label 0, but labels[1] is 1. Both must say the same.]`,
  );
  const fractions = Float32Array.of(0, 0.5, 1, 0, 0.5, 1) as never;
  await expect(reading(() => ({ pixels: fractions, label: 0 }))).rejects.toThrowErrorMatchingInlineSnapshot(
    `[OptionError: five: the pixels of sample 0 are a Float32Array of 6 values, but must be a Uint8Array of values 0 to 255. From values 0 to 1: Uint8Array.from(values, (value) => Math.round(value * 255)); from 16 bits: value >> 8.]`,
  );
});

test('misspelt options are refused with the nearest name', async () => {
  const misspelt: (() => unknown)[] = [
    () => batches(five, { size: 2, suffle: true } as never),
    () => batches(five, 64 as never),
    () => (batches as (dataset: Dataset) => unknown)(five),
    () => batches(five, { size: 2, seed: 1 }).epoch(0, { form: 1 } as never),
    () => batches(five, { size: '2' } as never),
    () => batches(five, { size: 2, seed: 1, shuffle: 'yes' } as never),
    () => batches(five, { size: 2, preprocessing: {} } as never),
    () => split(five, { val: 0.2, seed: 1 } as never),
    () => split(five, 0.2 as never),
    () => split(five, { validation: '0.2', seed: 1 } as never),
    () => split(five, { validation: 0.4, seed: 1, stratified: 1 } as never),
    () => arrayDataset({ name: 'five', image: pixels, labels, inputShape: [1, 2, 3], classNames } as never),
    () => subset(five, 3 as never),
    () => subset(five, ['1'] as never),
    () => take(five, '3' as never),
    () => mapBatches(batches(five, { size: 2 }), undefined as never),
    () => mapBatches(five as never, (batch) => batch),
    () => preprocess(pixels, plainPreprocessing(five).mean as never),
    () => preprocess(Float32Array.of(0, 0.5, 1, 0, 0.5, 1) as never, plainPreprocessing(five)),
  ];
  const messages = misspelt.map((call) => {
    try {
      return call();
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
  });
  expect(messages).toMatchInlineSnapshot(`
    [
      "OptionError: batches: there is no option 'suffle'. Did you mean 'shuffle'? Known: size, seed, shuffle, lastBatch, preprocessing.",
      "OptionError: batches: its options are 64, but must be a record. Write batches(train, { size: 64, seed: 1 }).",
      "OptionError: batches: its options are undefined, but must be a record. Write batches(train, { size: 64, seed: 1 }).",
      "OptionError: epoch: there is no option 'form'. Did you mean 'from'? Known: from.",
      "OptionError: batches: size is "2", but must be a whole number >= 1.",
      "OptionError: batches: shuffle is "yes", but must be true or false.",
      "OptionError: batches: preprocessing: size is missing.",
      "OptionError: split: there is no option 'val'. Did you mean 'validation'? Known: validation, test, seed, stratified.",
      "OptionError: split: its options are 0.2, but must be a record. Write split(dataset, { validation: 0.1, seed: 1 }).",
      "OptionError: split: validation is "0.2", but must be a share of all samples, above 0 and below 1, such as 0.1.",
      "OptionError: split: stratified is 1, but must be true or false.",
      "OptionError: arrayDataset: there is no option 'image'. Known: name, pixels, labels, inputShape, classNames, picture.",
      "OptionError: subset: indices is 3, but must be a list of numbers of samples. The first ones are take(dataset, count).",
      "OptionError: five: sample "1" was asked for, but the 5 samples are numbered from 0 to 4.",
      "OptionError: take: count is "3", but must be a whole number >= 0.",
      "OptionError: mapBatches: change is undefined, but must be a function of a batch: (batch) => ({ ...batch, weights }).",
      "OptionError: mapBatches: data is an object with name, length, inputShape, classNames, labels, pixels, get, but must be batches: mapBatches(batches(train, { size: 64, seed: 1 }), change).",
      "OptionError: preprocess: record: its options are [0,0,0], but must be a record. Write preprocessing: await fitPreprocessing(train).",
      "OptionError: preprocess: pixels is a Float32Array of 6 values, but must be a Uint8Array of values 0 to 255. From values 0 to 1: Uint8Array.from(values, (value) => Math.round(value * 255)); from 16 bits: value >> 8.",
    ]
  `);
  const rejected = [
    mnist({ cach: '/tmp' } as never),
    mnist('data' as never),
    fashionMnist({ cach: '/tmp' } as never),
    idxDataset({ name: 'a', image: five } as never),
    idxDataset({ name: 'a', images: 'a', labels: 'b', classNames } as never),
    readIdx('images' as never, 'images'),
  ].map(async (work) => {
    return work.then(String, (error: Error) => `${error.name}: ${error.message}`);
  });
  expect(await Promise.all(rejected)).toMatchInlineSnapshot(`
    [
      "OptionError: mnist: there is no option 'cach'. Known: directory, files.",
      "OptionError: mnist: its options are "data", but must be a record. Write mnist({ directory: 'data/mnist' }).",
      "OptionError: fashionMnist: there is no option 'cach'. Did you mean 'cache'? Known: directory, baseUrl, cache, signal.",
      "OptionError: idxDataset: there is no option 'image'. Did you mean 'images'? Known: name, images, labels, classNames, picture.",
      "OptionError: idxDataset: images is "a", but must be { bytes: await readFile(path), source: path }.",
      "OptionError: readIdx: bytes is "images", but must be a Uint8Array of the whole file: await readFile(path).",
    ]
  `);
});
