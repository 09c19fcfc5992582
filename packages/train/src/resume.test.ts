import { join } from 'node:path';
import { cpu } from '@striate/core/testing';
import { use } from '@striate/core';
import { arrayDataset, batches, mapBatches, type Batches, type Dataset } from '@striate/data';
import { weightsSha256 } from '@striate/inference';
import { smallNet, temporaryFolder } from '@striate/inference/testing';
import { beforeAll, expect, test } from 'vitest';
import { batchDigest } from './basis.ts';
import { fit, type FitResult } from './fit.ts';
import type { FitOptions } from './fit-options.ts';
import { readCheckpoint, writeCheckpoint } from './files/checkpoint.ts';
import { crossEntropy } from './losses/cross-entropy.ts';
import { accuracy } from './metrics/accuracy.ts';
import { topK } from './metrics/top-k.ts';
import { adam } from './optimizers/adam.ts';
import { blobs } from './testing/blobs.ts';
import { disposeTraining, type TrainingState } from './training-state.ts';

beforeAll(async () => {
  await use(cpu());
});

const dataset = blobs({ length: 24, seed: 1 });
const options = (): FitOptions => ({
  data: batches(dataset, { size: 4, seed: 3 }),
  epochs: 2,
  seed: 5,
  optimizer: adam({ learningRate: 0.01 }),
  loss: crossEntropy(),
  metrics: [accuracy()],
});

/** A training that stops after some steps. */
function stopAfter(steps: number, changes: Partial<FitOptions> = {}): Promise<FitResult> {
  return fit(smallNet(), {
    ...options(),
    ...changes,
    callbacks: [{ onStep: ({ step, stop }) => (step === steps ? stop('enough') : undefined) }],
  });
}

/** The same data set with another part. */
const withOther = (changes: object): Dataset => {
  const { name, pixels, labels, inputShape, classNames } = dataset;
  return arrayDataset({ name, pixels, labels, inputShape, classNames, ...changes });
};

const negative = dataset.pixels.map((pixel) => 255 - pixel);
const relabelled = dataset.labels.map((label) => (label + 1) % 4);
/** Other images than those of the last batch. */
const elsewhere = async (state: TrainingState): Promise<Uint8Array> => {
  const pixels = dataset.pixels.slice();
  for await (const { ids } of options().data.epoch(state.epoch, { from: state.batch - 1 })) {
    pixels[36 * [...Array(24).keys()].find((id) => !ids.includes(id))!]! ^= 1;
    break;
  }
  return pixels;
};

test('a resume on another basis is refused, saying what differs', async () => {
  const folder = join(await temporaryFolder(), 'checkpoint-000008');
  const { state } = await stopAfter(8);
  await writeCheckpoint(folder, state, options().optimizer);
  const { state: read, notes } = await readCheckpoint(folder, smallNet());
  expect(notes).toEqual([]);
  expect(read.basis).toEqual(state.basis);
  const messageOf = async (changes: Partial<FitOptions>, resume = read): Promise<string> =>
    fit(smallNet(), { ...options(), ...changes, resume }).then(
      (result) => {
        disposeTraining(result.state);
        return 'no error';
      },
      (error: Error) => `${error.name}: ${error.message}`,
    );
  const on = (other: Dataset, more: object = {}): Partial<FitOptions> => ({
    data: batches(other, { size: 4, seed: 3, ...more }),
  });
  expect({
    negative: await messageOf(on(withOther({ pixels: negative }))),
    'one pixel of a picture not seen last': await messageOf(on(withOther({ pixels: await elsewhere(read) }))),
    relabelled: await messageOf(on(withOther({ labels: relabelled }))),
    both: await messageOf(on(withOther({ pixels: negative, labels: relabelled }))),
    'class names': await messageOf(on(withOther({ classNames: ['a', 'b', 'c', 'e'] }))),
    seed: await messageOf(on(dataset, { seed: 4 })),
    'not shuffled': await messageOf(on(dataset, { shuffle: false })),
    preprocessing: await messageOf(on(dataset, { preprocessing: { ...options().data.preprocessing, mean: [0.5] } })),
    loss: await messageOf({ loss: crossEntropy({ labelSmoothing: 0.1 }) }),
    'an option of the optimizer': await messageOf({ optimizer: adam({ learningRate: 0.01, beta1: 0.8 }) }),
    'a changed batch': await messageOf({
      data: mapBatches(options().data, (batch) => ({ ...batch, inputs: batch.inputs.map((value) => 1 - value) })),
    }),
    'weights of samples': await messageOf({
      data: mapBatches(options().data, (batch) => ({ ...batch, weights: batch.inputs.slice(0, batch.ids.length) })),
    }),
    'a damaged position': await messageOf({}, { ...read, step: 9 }),
  }).toMatchInlineSnapshot(`
    {
      "a changed batch": "DataError: fit: batch 2 of epoch 2 holds the same samples as in the training that is resumed, but other contents: other images, or the function of mapBatches makes something else of them (it must give the same for the same batch). Give the same, or train anew; to go on all the same, on purpose: resume: { ...state, basis: undefined }.",
      "a damaged position": "DataError: fit: resume is at step 9, but 1 epochs of 6 batches and 2 more are other ones. It is damaged, or the data are other ones.",
      "an option of the optimizer": "DataError: fit: the training that is resumed had optimizer.options.beta1 0.9 instead of 0.8. Give the same, or train anew; to go on all the same, on purpose: resume: { ...state, basis: undefined }.",
      "both": "DataError: fit: the training that is resumed had other images, other labels. Give the same, or train anew; to go on all the same, on purpose: resume: { ...state, basis: undefined }.",
      "class names": "DataError: fit: the training that is resumed had other class names. Give the same, or train anew; to go on all the same, on purpose: resume: { ...state, basis: undefined }.",
      "loss": "DataError: fit: the training that is resumed had losses.dense.options.labelSmoothing 0 instead of 0.1. Give the same, or train anew; to go on all the same, on purpose: resume: { ...state, basis: undefined }.",
      "negative": "DataError: fit: the training that is resumed had other images. Give the same, or train anew; to go on all the same, on purpose: resume: { ...state, basis: undefined }.",
      "not shuffled": "DataError: fit: the training that is resumed had order.seed 3 instead of none, order.shuffle true instead of false. Give the same, or train anew; to go on all the same, on purpose: resume: { ...state, basis: undefined }.",
      "one pixel of a picture not seen last": "DataError: fit: the training that is resumed had other images. Give the same, or train anew; to go on all the same, on purpose: resume: { ...state, basis: undefined }.",
      "preprocessing": "DataError: fit: the training that is resumed had preprocessing.mean [0] instead of [0.5]. Give the same, or train anew; to go on all the same, on purpose: resume: { ...state, basis: undefined }.",
      "relabelled": "DataError: fit: the training that is resumed had other labels. Give the same, or train anew; to go on all the same, on purpose: resume: { ...state, basis: undefined }.",
      "seed": "DataError: fit: the training that is resumed had order.seed 3 instead of 4. Give the same, or train anew; to go on all the same, on purpose: resume: { ...state, basis: undefined }.",
      "weights of samples": "DataError: fit: batch 2 of epoch 2 holds the same samples as in the training that is resumed, but other contents: other images, or the function of mapBatches makes something else of them (it must give the same for the same batch). Give the same, or train anew; to go on all the same, on purpose: resume: { ...state, basis: undefined }.",
    }
  `);
  expect(await messageOf({})).toBe('no error');
  expect(
    await messageOf({
      epochs: 3,
      optimizer: adam({ learningRate: 0.001 }),
      metrics: [],
      ...on(withOther({ name: 'others', pixels: Uint8ClampedArray.from(dataset.pixels) })),
    }),
  ).toBe('no error');
  // On purpose.
  expect(await messageOf(on(withOther({ pixels: negative })), { ...read, basis: undefined })).toBe('no error');
  for (const held of [state, read]) disposeTraining(held);
});

test('what becomes of the last batch is named before the number of batches', async () => {
  const data = (lastBatch: 'keep' | 'drop'): Batches => batches(dataset, { size: 5, seed: 3, lastBatch });
  const { state } = await fit(smallNet(), { ...options(), data: data('keep'), epochs: 1 });
  await expect(fit(smallNet(), { ...options(), data: data('drop'), resume: state })).rejects.toThrow(
    /had order\.lastBatch "keep" instead of "drop"\. Give the same/,
  );
  disposeTraining(state);
});

test('samples that are read one by one: other images are seen in the last batch, or by a digest of their own', async () => {
  const { pixels: _, ...read } = dataset;
  const lazily = (pixels: Uint8Array): Dataset => ({ ...read, get: async (index) => withOther({ pixels }).get(index) });
  const data = (of: Dataset): Batches => batches(of, { size: 4, seed: 3 });
  const { state } = await stopAfter(8, { data: data(lazily(dataset.pixels)) });
  const own = (digest: string): Dataset => ({ ...lazily(dataset.pixels), digest: () => digest });
  const { state: digested } = await stopAfter(8, { data: data(own('one')) });
  const go = (resume: TrainingState, of: Dataset): Promise<unknown> =>
    fit(smallNet(), { ...options(), data: data(of), resume }).then((result) => disposeTraining(result.state));
  await expect(go(state, lazily(negative))).rejects.toThrowErrorMatchingInlineSnapshot(
    `[DataError: fit: batch 2 of epoch 2 holds the same samples as in the training that is resumed, but other contents: other images, or the function of mapBatches makes something else of them (it must give the same for the same batch). Give the same, or train anew; to go on all the same, on purpose: resume: { ...state, basis: undefined }.]`,
  );
  await expect(go(digested, own('two'))).rejects.toThrow(/had other images\. Give the same/);
  await go(state, lazily(dataset.pixels));
  await go(digested, own('one'));
  await go(state, dataset);
  for (const held of [state, digested]) disposeTraining(held);
});

test('a resume of a resume that did no step keeps its basis', async () => {
  const { state } = await stopAfter(6);
  const { state: again } = await fit(smallNet(), { ...options(), epochs: 1, resume: state });
  expect(again.basis).toEqual(state.basis);
  for (const held of [state, again]) disposeTraining(held);
});

test('a metric that comes in the midst of an epoch is averaged over the samples since then', async () => {
  const whole = await fit(smallNet(), { ...options(), metrics: [accuracy(), topK(2)], epochs: 1, stepLosses: true });
  const cut = await stopAfter(4, { metrics: [accuracy()] });
  const later = await fit(smallNet(), { ...options(), metrics: [topK(2)], epochs: 1, resume: cut.state });
  expect(await weightsSha256(later.network)).toBe(await weightsSha256(whole.network));
  const half = await stopAfter(4, { metrics: [topK(2)] });
  const { samples, values } = half.state.sums;
  const [record, complete] = [later.history.epochs[0]!, whole.history.epochs[0]!];
  expect(record['top2']).toBeCloseTo((complete['top2']! * 24 - values['top2']!) / (24 - samples), 12);
  expect(record.loss).toBe(complete.loss);
  expect(record).not.toHaveProperty('accuracy');
  // Carried on through a checkpoint in the same epoch.
  const folder = join(await temporaryFolder(), 'checkpoint-000005');
  const five = await fit(smallNet(), {
    ...options(),
    metrics: [topK(2)],
    resume: cut.state,
    callbacks: [{ onStep: ({ step, stop }) => (step === 5 ? stop('enough') : undefined) }],
  });
  await writeCheckpoint(folder, five.state, options().optimizer);
  const { state: read } = await readCheckpoint(folder, smallNet());
  const last = await fit(smallNet(), { ...options(), metrics: [topK(2)], epochs: 1, resume: read });
  expect(last.history.epochs[0]!['top2']).toBeCloseTo(record['top2']!, 12);
  for (const { state } of [whole, cut, later, half, five, last, { state: read }]) disposeTraining(state);
});

test('the digest of a batch is of all that it holds', async () => {
  const batch = {
    inputs: Float32Array.of(1, 2),
    inputShape: [2, 1],
    targets: Int32Array.of(0, 1),
    targetShape: [2],
    ids: Uint32Array.of(0, 1),
  };
  const one = { values: Int32Array.of(0, 1), shape: [2] };
  const all = [
    batch,
    { ...batch, inputs: Float32Array.of(1, 3) },
    { ...batch, inputShape: [1, 2] },
    { ...batch, targets: Int32Array.of(0, 2) },
    { ...batch, weights: Float32Array.of(1, 1) },
    { ...batch, moreInputs: { a: one } },
    { ...batch, moreInputs: { b: one } },
    { ...batch, moreTargets: { a: one } },
  ];
  expect(new Set(await Promise.all(all.map(batchDigest))).size).toBe(all.length);
  expect(await batchDigest({ ...batch, inputs: Float32Array.of(9, 1, 2).subarray(1) })).toBe(await batchDigest(batch));
});
