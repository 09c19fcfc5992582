import { preprocess } from '@striate/images';
import { expect, test } from 'vitest';
import { batches, type Batch, type Batches } from './batches.ts';
import { arrayDataset } from './array-dataset.ts';
import type { Dataset } from './dataset.ts';
import { mapBatches } from './map-batches.ts';
import { fitPreprocessing } from './fit-preprocessing.ts';

const length = 23;
const pixels = Uint8Array.from({ length: length * 12 }, (_, place) => (place * 7) & 255);
const dataset = arrayDataset({
  name: 'small',
  pixels,
  labels: Array.from({ length }, (_, index) => index % 4),
  inputShape: [2, 3, 2],
  classNames: ['a', 'b', 'c', 'd'],
});

async function collect(data: Batches, epoch: number, from = 0): Promise<Batch[]> {
  const list: Batch[] = [];
  for await (const batch of data.epoch(epoch, { from })) list.push(batch);
  return list;
}

const idsOf = (list: Batch[]): number[] => list.flatMap(({ ids }) => [...ids]);

test('an epoch holds every sample once, with its own inputs and target', async () => {
  const preprocessing = await fitPreprocessing(dataset);
  const data = batches(dataset, { size: 5, seed: 3, preprocessing });
  const list = await collect(data, 2);
  expect(data.batchesPerEpoch).toBe(5);
  expect(list.map(({ inputShape }) => inputShape)).toEqual([
    ...Array.from({ length: 4 }, () => [5, 2, 3, 2]),
    [3, 2, 3, 2],
  ]);
  expect(idsOf(list).sort((a, b) => a - b)).toEqual(Array.from({ length }, (_, index) => index));
  for (const { inputs, targets, targetShape, ids } of list) {
    expect(targetShape).toEqual([ids.length]);
    ids.forEach((id, place) => {
      expect(targets[place]).toBe(dataset.labels[id]);
      expect(inputs.slice(place * 12, place * 12 + 12)).toEqual(preprocess(dataset.get(id).pixels, preprocessing));
    });
  }
});

test('an order is a function of seed and epoch alone, and can be entered at any batch', async () => {
  const make = (seed: number): Batches => batches(dataset, { size: 4, seed });
  const whole = await collect(make(1), 7);
  for (let from = 0; from <= 6; from++) expect(await collect(make(1), 7, from)).toEqual(whole.slice(from));
  expect(idsOf(await collect(make(1), 8))).not.toEqual(idsOf(whole));
  expect(idsOf(await collect(make(2), 7))).not.toEqual(idsOf(whole));
  expect(idsOf(await collect(batches(dataset, { size: 9, seed: 1 }), 7))).toEqual(idsOf(whole));
});

test('without a seed, or without shuffling, the order is the data set’s', async () => {
  const inOrder = Array.from({ length }, (_, index) => index);
  expect(idsOf(await collect(batches(dataset, { size: 4 }), 1))).toEqual(inOrder);
  expect(idsOf(await collect(batches(dataset, { size: 4, seed: 1, shuffle: false }), 1))).toEqual(inOrder);
});

test('the last, smaller batch is dropped on request', async () => {
  const data = batches(dataset, { size: 5, seed: 3, lastBatch: 'drop' });
  expect(data.batchesPerEpoch).toBe(4);
  expect((await collect(data, 0)).map(({ ids }) => ids.length)).toEqual([5, 5, 5, 5]);
  expect(batches(dataset, { size: 23, lastBatch: 'drop' }).batchesPerEpoch).toBe(1);
});

test('samples that are read one by one give the same batches', async () => {
  const { pixels: _, ...rest } = dataset;
  const lazy: Dataset = { ...rest, get: async (index) => dataset.get(index) };
  expect(await collect(batches(lazy, { size: 5, seed: 3 }), 0)).toEqual(
    await collect(batches(dataset, { size: 5, seed: 3 }), 0),
  );
});

test('a sample of another size is refused', async () => {
  const { name, inputShape, classNames, labels } = dataset;
  const wrong: Dataset = {
    name,
    length,
    inputShape,
    classNames,
    labels,
    get: () => ({ pixels: new Uint8Array(11), label: 0 }),
  };
  await expect(collect(batches(wrong, { size: 4 }), 0)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[DataError: small: sample 0 has 11 pixel values, but 2 x 3 x 2 needs 12.]`,
  );
});

test('impossible options are refused', async () => {
  const preprocessing = { ...(await fitPreprocessing(dataset)), size: [3, 3] as const };
  expect(() => batches(dataset, { size: 0 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: batches: size is 0, but must be a whole number >= 1.]`,
  );
  expect(() => batches(dataset, { size: 2.5 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: batches: size is 2.5, but must be a whole number >= 1.]`,
  );
  expect(() => batches(dataset, { size: 4, seed: 0.1 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: batches: seed is 0.1, but must be an integer from 0 to 4294967295.]`,
  );
  expect(() => batches(dataset, { size: 4, shuffle: true })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: batches: shuffle needs a seed, so that the order can be had again: batches(dataset, { size, seed: 1 }).]`,
  );
  expect(() => batches(dataset, { size: 24, lastBatch: 'drop' })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: batches: the 23 samples of small do not fill one batch of 24, and lastBatch is 'drop'. Give a smaller size, or 'keep'.]`,
  );
  expect(() => batches(dataset, { size: 4, lastBatch: 'pad' as 'keep' })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: batches: lastBatch is "pad". Known: keep, drop.]`,
  );
  expect(() => batches(dataset, { size: 4, preprocessing })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: batches: the images of small are 2 x 3 x 2, but the preprocessing is for 3 x 3 x 2.]`,
  );
  expect(() => batches({ ...dataset, length: 0 }, { size: 4 })).toThrowErrorMatchingInlineSnapshot(
    `[DataError: batches: small has 0 samples, but 23 labels. Every sample needs one; some samples of a data set are subset(dataset, indices) or take(dataset, count).]`,
  );
  const data = batches(dataset, { size: 4, seed: 1 });
  expect(() => data.epoch(-1)).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: batches: epoch is -1, but must be an integer from 0 to 4294967295.]`,
  );
  expect(() => data.epoch(0, { from: 7 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: batches: epoch 0 cannot begin with batch 7: its batches are 0 to 5.]`,
  );
});

test('mapBatches changes each batch, from any place of any epoch', async () => {
  const data = batches(dataset, { size: 5, seed: 3 });
  const mapped = mapBatches(data, async (batch) => ({ ...batch, weights: Float32Array.from(batch.targets, Number) }));
  expect(mapped.batchesPerEpoch).toBe(5);
  expect(idsOf(await collect(mapped, 2, 3))).toEqual(idsOf(await collect(data, 2, 3)));
  for (const { weights, targets } of await collect(mapped, 1)) expect([...weights!]).toEqual([...targets]);
});
