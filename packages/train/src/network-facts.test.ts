import { join } from 'node:path';
import { dispose, use } from '@striate/core';
import { cpu } from '@striate/core/testing';
import { batches, fitPreprocessing, mapBatches, type Batches } from '@striate/data';
import { load, save } from '@striate/inference';
import { smallNet, temporaryFolder } from '@striate/inference/testing';
import {
  dense,
  flatten,
  foldBatchNorm,
  initialize,
  input,
  sequential,
  type Model,
  type Network,
} from '@striate/layers';
import { beforeAll, expect, test } from 'vitest';
import { fit } from './fit.ts';
import { crossEntropy } from './losses/cross-entropy.ts';
import type { Loss } from './losses/loss.ts';
import { meanSquaredError } from './losses/mean-squared-error.ts';
import { sgd } from './optimizers/sgd.ts';
import { createTrainer } from './step/trainer.ts';
import { blobs } from './testing/blobs.ts';
import { disposeTraining } from './training-state.ts';

beforeAll(async () => {
  await use(cpu());
});

const dataset = blobs({ length: 16, seed: 1 });
const { classNames } = dataset;
const preprocessing = await fitPreprocessing(dataset);
const data = batches(dataset, { size: 8, seed: 1, preprocessing });
const flat = (units: number): Model => sequential([input([6, 6, 1]), flatten(), dense({ units })]);

async function trained(start: Model | Network, given: Batches = data, loss: Loss = crossEntropy()): Promise<Network> {
  const { network, state } = await fit(start, { data: given, epochs: 1, optimizer: sgd(), loss });
  disposeTraining({ ...state, parameters: {}, state: {} });
  return network;
}

test('a trained network knows what the data knew; it is saved, loaded and folded with it', async () => {
  const facts = { outputMeaning: 'classes', classNames, preprocessing };
  const network = await trained(smallNet());
  expect(network).toMatchObject(facts);
  const folder = join(await temporaryFolder(), 'model');
  await save(network, folder);
  const loaded = await load(folder);
  expect(loaded.network).toMatchObject(facts);
  expect(loaded).toMatchObject({ classNames, preprocessing });
  expect(foldBatchNorm(loaded.network)).toMatchObject(facts);
});

test('other data give other names, and what data do not know stays', async () => {
  const names = ['e', 'f', 'g', 'h'];
  const start = { ...initialize(flat(4), { seed: 1 }), classNames: names };
  expect(await trained(start)).toMatchObject({ classNames, preprocessing });
  const byHand = { size: 8, batchesPerEpoch: 2, epoch: data.epoch, dataset: { length: 16 } };
  const known = await trained(start, byHand as unknown as Batches);
  expect(known.classNames).toBe(names);
  expect(known.preprocessing).toBeUndefined();
  dispose(start.parameters);
});

test('names that do not fit the outputs, names of numbers and images of another size are left out', async () => {
  const two = mapBatches(data, (batch) => ({ ...batch, targets: batch.targets.map((label) => label % 2) }));
  expect((await trained(flat(2), two)).classNames).toBeUndefined();
  const numbers = mapBatches(data, (batch) => ({
    ...batch,
    targets: new Float32Array(4 * batch.ids.length),
    targetShape: [batch.ids.length, 4],
  }));
  const regression = await trained(flat(4), numbers, meanSquaredError());
  expect(regression).toMatchObject({ outputMeaning: 'numbers', preprocessing });
  expect(regression.classNames).toBeUndefined();
  const small = mapBatches(data, (batch) => ({
    ...batch,
    inputs: new Float32Array(4 * batch.ids.length),
    inputShape: [batch.ids.length, 4],
  }));
  const other = await trained(sequential([input([4]), dense({ units: 4 })]), small);
  expect(other.preprocessing).toBeUndefined();
});

test('facts that do not fit are refused before a training', async () => {
  const start = { ...initialize(flat(4), { seed: 1 }), classNames: ['a'] };
  const byHand = { ...data, dataset: { length: 16 } };
  await expect(trained(start, byHand as unknown as Batches)).rejects.toThrow(
    /^fit: there are 1 class names, but the model's first output has 4 units/,
  );
  expect(() => createTrainer(start, { loss: crossEntropy(), optimizer: sgd() })).toThrow(
    /^createTrainer: there are 1 class names/,
  );
  dispose(start.parameters);
});

test("a trainer's network keeps what it began with, and what the loss knows", () => {
  const trainer = createTrainer(
    { ...initialize(flat(4), { seed: 1 }), classNames, preprocessing },
    { loss: crossEntropy(), optimizer: sgd() },
  );
  expect(trainer.network()).toMatchObject({ outputMeaning: 'classes', classNames, preprocessing });
  trainer.dispose();
});
