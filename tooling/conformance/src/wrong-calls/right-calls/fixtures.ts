import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fill, type Preprocessing, type Tensor, type Values } from '@striate/core';
import { arrayDataset, batches, type ArrayDataset, type Batch, type Batches } from '@striate/data';
import { modelFiles } from '@striate/inference';
import {
  conv2d,
  batchNorm,
  dense,
  flatten,
  initialize,
  input,
  sequential,
  type Model,
  type Network,
} from '@striate/layers';
import { createTrainer, crossEntropy, sgd, toDevice, type DeviceBatch, type Trainer } from '@striate/train';

/** Computed at the first use, then the same: what right calls share, so that only wrong ones make tensors. */
function shared<Value>(make: () => Value): () => Value {
  let held: { value: Value } | undefined;
  return () => (held ??= { value: make() }).value;
}

export const toy = (): ArrayDataset =>
  arrayDataset({
    name: 'toy',
    pixels: Uint8Array.from({ length: 12 * 16 }, (_, place) => (place * 37) % 256),
    labels: Array.from({ length: 12 }, (_, place) => place % 3),
    inputShape: [4, 4, 1],
    classNames: ['a', 'b', 'c'],
  });
export const data = (): Batches => batches(toy(), { size: 4, seed: 1 });
export const preprocessing = (): Preprocessing => ({
  size: [4, 4],
  channels: 1,
  scale: 1 / 255,
  mean: [0.5],
  standardDeviation: [0.25],
});
export const small = (): Model =>
  sequential([input([4, 4, 1]), conv2d({ filters: 2, kernelSize: 3 }), batchNorm(), flatten(), dense({ units: 3 })]);
export const network: () => Network = shared(() => initialize(small(), { seed: 1 }));
export const image: () => Tensor = shared(() => fill([1, 4, 4, 1], 0.5));
export const files: () => Promise<Record<string, Uint8Array>> = shared(() => modelFiles(network()));
export const hostBatch = (): Batch => ({
  inputs: new Float32Array(32).fill(0.5),
  inputShape: [2, 4, 4, 1],
  targets: Int32Array.of(0, 2),
  targetShape: [2],
  ids: Uint32Array.of(0, 1),
});
export const deviceBatch: () => DeviceBatch = shared(() => toDevice(hostBatch()));
export const trainer: () => Trainer = shared(() =>
  createTrainer(initialize(small(), { seed: 2 }), { loss: crossEntropy(), optimizer: sgd() }),
);
/** Of the step that the trainer is in. */
export const gradients: () => Values = shared(() => trainer().gradients(deviceBatch()).gradients);
/** A folder that nothing ought to be written to. */
export const folder: () => string = shared(() => join(mkdtempSync(join(tmpdir(), 'striate-wrong-')), 'model'));
