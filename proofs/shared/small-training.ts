import { wasm, type WasmOptions } from '@striate/backend-wasm';
import { randomBits, use } from '@striate/core';
import { arrayDataset, batches, type Dataset } from '@striate/data';
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
import {
  adam,
  checkpoints,
  crossEntropy,
  disposeTraining,
  fit,
  latestCheckpoint,
  type FitOptions,
} from '@striate/train';
import { fingerprint } from './fingerprint.ts';

/** What one training run is made of, as JSON. */
export interface RunOptions {
  backend: WasmOptions;
  seed: number;
  /** Stops after so many steps in all. */
  steps: number;
  /** A checkpoint is left here in the end. */
  writeTo?: string;
  /** Goes on from the checkpoint here. */
  resumeFrom?: string;
}

/**
 * Trains a small network with convolutions, batch norm and dropout on 325 random images, in batches of 32 and a last
 * one of 5, on a backend of its own.
 *
 * @returns the fingerprint of all that training changed
 */
export async function smallTraining({
  backend: options,
  seed,
  steps,
  writeTo,
  resumeFrom,
}: RunOptions): Promise<string> {
  const backend = await use(wasm(options));
  const model = smallModel();
  const data = batches(randomImages(325, [20, 20, 8]), { size: 32, seed });
  const found = resumeFrom === undefined ? undefined : await latestCheckpoint(resumeFrom, model);
  const callbacks: FitOptions['callbacks'] = [
    { onStep: (moment) => (moment.step === steps ? moment.stop('enough') : undefined) },
    ...(writeTo === undefined ? [] : [checkpoints(writeTo)]),
  ];
  const { state } = await fit(model, {
    data,
    epochs: Math.ceil(steps / data.batchesPerEpoch),
    optimizer: adam({ learningRate: 2e-3 }),
    loss: crossEntropy(),
    seed,
    callbacks,
    ...(found && { resume: found.state }),
  });
  const result = await fingerprint(state);
  disposeTraining(state);
  await backend.stop();
  return result;
}

function smallModel(): Model {
  return sequential([
    input([20, 20, 8]),
    conv2d({ filters: 16, kernelSize: 3, padding: 'same', useBias: false }),
    batchNorm({ momentum: 0.99 }),
    activation({ activation: 'relu' }),
    conv2d({ filters: 24, kernelSize: 3, activation: 'relu' }),
    maxPool2d({ poolSize: 2 }),
    dropout({ rate: 0.25 }),
    conv2d({ filters: 32, kernelSize: 5, strides: 2, activation: 'relu' }),
    flatten(),
    dropout({ rate: 0.5 }),
    dense({ units: 10 }),
  ]);
}

/** Noise with random labels: nothing to learn, so gradients stay far from zero. */
export function randomImages(length: number, inputShape: readonly [number, number, number]): Dataset {
  const [height, width, channels] = inputShape;
  const key = { seed: 20, stream: 1_000, call: 0, step: 0 };
  const size = length * height * width * channels;
  const words = randomBits(key, { length: Math.ceil(size / 4) });
  return arrayDataset({
    name: 'noise',
    pixels: new Uint8Array(words.buffer, 0, size),
    labels: Array.from(randomBits({ ...key, call: 1 }, { length }), (word) => word % 10),
    inputShape,
    classNames: '0123456789'.split(''),
  });
}
