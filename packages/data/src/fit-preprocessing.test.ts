import { OptionError } from '@striate/core';
import { preprocess } from '@striate/images';
import { expect, test } from 'vitest';
import { arrayDataset } from './array-dataset.ts';
import { fitPreprocessing, plainPreprocessing } from './fit-preprocessing.ts';

const pixels = Uint8Array.from({ length: 7 * 4 * 5 * 3 }, (_, place) => (place * place * 31 + (place % 3) * 40) & 255);
const picture = { background: 'dark', centering: 'none' } as const;
const colours = arrayDataset({
  name: 'colours',
  pixels,
  labels: new Uint8Array(7),
  inputShape: [4, 5, 3],
  classNames: ['x'],
  picture,
});

test('fitPreprocessing gives inputs of mean 0 and variance 1 in each channel', async () => {
  const record = await fitPreprocessing(colours);
  const inputs = preprocess(pixels, record);
  for (let channel = 0; channel < 3; channel++) {
    const values = inputs.filter((_, place) => place % 3 === channel);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(mean).toBeCloseTo(0, 6);
    expect(variance).toBeCloseTo(1, 6);
  }
  expect(JSON.parse(JSON.stringify(record))).toEqual(record);
  expect(record).toMatchObject({ size: [4, 5], channels: 3, picture });
});

test('fitPreprocessing reads samples one by one where they do not lie in memory', async () => {
  const { pixels: _, ...rest } = colours;
  expect(await fitPreprocessing({ ...rest, get: async (index) => colours.get(index) })).toEqual(
    await fitPreprocessing(colours),
  );
});

test('a constant channel is centred and not divided by zero', async () => {
  const grey = arrayDataset({
    name: 'grey',
    pixels: new Uint8Array(8).fill(51),
    labels: [0, 0],
    inputShape: [2, 2, 1],
    classNames: ['x'],
  });
  const record = await fitPreprocessing(grey);
  expect(record.standardDeviation).toEqual([1]);
  expect(record.mean[0]).toBeCloseTo(0.2, 12);
});

test('preprocess without fitting is pixel / 255', () => {
  expect(preprocess(pixels, plainPreprocessing(colours))).toEqual(
    Float32Array.from(pixels, (pixel) => pixel * (1 / 255)),
  );
});

test('pixels that are no image and impossible records are refused', async () => {
  const record = plainPreprocessing(colours);
  expect(() => preprocess(new Uint8Array(61), record)).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: preprocess: 61 pixel values do not make whole images of 4 x 5 x 3 (60 values each).]`,
  );
  expect(() => preprocess(pixels, { ...record, mean: [0] })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: preprocess: record: mean is [0], but must be one number for each channel.]`,
  );
  expect(() => preprocess(pixels, { ...record, standardDeviation: [1, 0, 1] })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: preprocess: record: standardDeviation[1] is 0, but must be a finite number above 0.]`,
  );
  const empty = arrayDataset({
    name: 'empty',
    pixels: new Uint8Array(),
    labels: [],
    inputShape: [2, 2, 1],
    classNames: ['x'],
  });
  await expect(fitPreprocessing(empty)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[OptionError: fitPreprocessing: empty has no samples to take a mean of.]`,
  );
});

const plain = { size: [4, 6], channels: 1, scale: 1 / 255, mean: [0], standardDeviation: [1] } as const;

test.each([
  [{ ...plain, standardDeviation: [1e-300], mean: [0.1] }, 'stay finite in float32'],
  [{ ...plain, scale: 1e300 }, 'stay finite in float32'],
  [{ ...plain, picture: { ...picture, box: 1e9 } }, 'box is 1000000000, but must be at most the longer side of 4 x 6'],
  [{ ...plain, picture: { ...picture, box: 7 } }, 'box is 7, but must be at most'],
  [{ ...plain, scal: 1 }, "there is no option 'scal'. Did you mean 'scale'?"],
])('refuses what no picture can be prepared by (%#)', (record, message) => {
  expect(() => preprocess(new Uint8Array(24), record)).toThrow(OptionError);
  expect(() => preprocess(new Uint8Array(24), record)).toThrow(message);
});

test('a box may fill the picture', () => {
  expect(preprocess(new Uint8Array(24), { ...plain, picture: { ...picture, box: 6 } })).toHaveLength(24);
});

test('a data set with a box greater than its images is refused', () => {
  expect(() =>
    arrayDataset({
      name: 'colours',
      pixels,
      labels: new Uint8Array(7),
      inputShape: [4, 5, 3],
      classNames: ['x'],
      picture: { ...picture, box: 6 },
    }),
  ).toThrow('box is 6, but must be at most the longer side of 4 x 5');
});
