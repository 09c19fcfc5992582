// What a stranger's first program does: a few steps of training, saved, loaded, predicted with.
import { deepEqual, ok } from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wasm } from '@striate/backend-wasm';
import { use } from '@striate/core';
import { batches, mnist, take } from '@striate/data';
import { conv2d, dense, flatten, input, maxPool2d, sequential } from '@striate/layers';
import { load, predict, save } from '@striate/inference';
import { accuracy, adam, crossEntropy, evaluate, fit } from '@striate/train';

const backend = await use(wasm({ threads: 2 }));
const { train } = await mnist();
const some = batches(take(train, 640), { size: 64, seed: 1 });
const model = sequential([
  input([28, 28, 1]),
  conv2d({ filters: 8, kernelSize: 3, activation: 'relu' }),
  maxPool2d({ poolSize: 2 }),
  flatten(),
  dense({ units: 10 }),
]);
const { network } = await fit(model, { data: some, epochs: 4, optimizer: adam(), loss: crossEntropy(), seed: 1 });
const measured = await evaluate(network, some, { loss: crossEntropy(), metrics: [accuracy()] });
ok(measured['accuracy']! > 0.6, `after 40 steps the accuracy is ${measured['accuracy']}`);

const folder = await mkdtemp(join(tmpdir(), 'striate-program-'));
await save(network, join(folder, 'model'));
const loaded = await load(join(folder, 'model'));
await rm(folder, { recursive: true });
const image = Float32Array.from({ length: 28 * 28 }, (_, place) => (place % 7) / 7);
deepEqual(await predict(loaded.network, image), await predict(network, image));
deepEqual(loaded.classNames, train.classNames);
await backend.stop();
