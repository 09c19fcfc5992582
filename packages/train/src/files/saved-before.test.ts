import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { cpu } from '@striate/core/testing';
import { dispose, use } from '@striate/core';
import { batches } from '@striate/data';
import { predict, load, save, weightsSha256 } from '@striate/inference';
import { temporaryFolder } from '@striate/inference/testing';
import {
  activation,
  batchNorm,
  conv2d,
  dense,
  dropout,
  flatten,
  input,
  maxPool2d,
  sequential,
  type Model,
} from '@striate/layers';
import { beforeAll, expect, test } from 'vitest';
import { checkpoints } from '../callbacks/checkpoints.ts';
import { fit } from '../fit.ts';
import { crossEntropy } from '../losses/cross-entropy.ts';
import { accuracy } from '../metrics/accuracy.ts';
import { adam } from '../optimizers/adam.ts';
import { blobs } from '../testing/blobs.ts';
import { disposeTraining } from '../training-state.ts';
import { latestCheckpoint, listCheckpoints } from './checkpoint-folders.ts';
import { readCheckpoint } from './checkpoint.ts';

// A model and a folder of checkpoints that the version before folders had owners wrote; the last digits are its too.
const saved = join(import.meta.dirname, '..', 'testing', 'saved-before');
const digests = {
  model: '736969326855f57ae1b93b8346fedb2173041634b919153fd1952a9a97ae1c17',
  trained: 'cc838d5bfcaa2767c17e61a3a028859d4da1d96e91844e7047374fb7cc0d16ab',
};
const probabilities = [0.9304550886154175, 0.057494670152664185, 0.012041396461427212, 0.000008809113751340192];

beforeAll(async () => {
  await use(cpu());
});

const model = (): Model =>
  sequential([
    input([6, 6, 1]),
    conv2d({ filters: 2, kernelSize: 3 }),
    batchNorm({ momentum: 0.9, epsilon: 0.001 }),
    activation({ activation: 'relu' }),
    maxPool2d({ poolSize: 2 }),
    flatten(),
    dropout({ rate: 0.2 }),
    dense({ units: 4 }),
  ]);

test('a model saved before loads, predicts the same, and can be saved over', async () => {
  const folder = join(await temporaryFolder(), 'model');
  await cp(join(saved, 'model'), folder, { recursive: true });
  const { network, classNames } = await load(folder);
  expect(classNames).toEqual(['a', 'b', 'c', 'd']);
  expect(await weightsSha256(network)).toBe(digests.model);
  const image = Float32Array.from({ length: 36 }, (_, place) => (place * 37) % 11);
  const [found] = await predict(network, image);
  probabilities.forEach((wanted, place) => expect(found![place]).toBeCloseTo(wanted, 6));
  await save(network, folder);
  expect(await weightsSha256((await load(folder)).network)).toBe(digests.model);
  dispose(network.parameters);
});

test.each([
  { from: 6, aside: [] },
  { from: 4, aside: ['abandoned-after-000004'] },
])('training from step $from of a folder written before ends with the same bits', async ({ from, aside }) => {
  const folder = await temporaryFolder();
  await cp(join(saved, 'run'), folder, { recursive: true });
  const newest = await latestCheckpoint(folder, model());
  expect(newest!.state.step).toBe(6);
  disposeTraining(newest!.state);
  const found = await readCheckpoint(join(folder, `checkpoint-00000${from}`), model());
  const setAside: string[] = [];
  const resumed = await fit(model(), {
    data: batches(blobs({ length: 16, seed: 1 }), { size: 4, seed: 3 }),
    epochs: 2,
    optimizer: adam({ learningRate: 0.02 }),
    loss: crossEntropy(),
    metrics: [accuracy()],
    resume: found.state,
    callbacks: [checkpoints(folder, { onSetAside: (path) => void setAside.push(path) })],
  });
  expect(await weightsSha256(resumed.network)).toBe(digests.trained);
  expect(setAside).toEqual(aside.map((name) => join(folder, name)));
  expect((await listCheckpoints(folder)).at(-1)).toBe(join(folder, 'checkpoint-000008'));
  disposeTraining(found.state);
  disposeTraining(resumed.state);
});
