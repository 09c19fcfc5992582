import { wasm } from '@striate/backend-wasm';
import { BackendError, memory, use } from '@striate/core';
import { arrayDataset, batches } from '@striate/data';
import { conv2d, dense, flatten, input, maxPool2d, sequential } from '@striate/layers';
import { expect, test } from 'vitest';
import { fit, type FitResult } from './fit.ts';
import { crossEntropy } from './losses/cross-entropy.ts';
import { adam } from './optimizers/adam.ts';
import { disposeTraining } from './training-state.ts';

const length = 512;
const images = arrayDataset({
  name: 'black',
  pixels: new Uint8Array(length * 32 * 32),
  labels: new Uint8Array(length),
  inputShape: [32, 32, 1],
  classNames: ['a', 'b'],
});

const model = sequential([
  input([32, 32, 1]),
  conv2d({ filters: 16, kernelSize: 3, activation: 'relu' }),
  conv2d({ filters: 16, kernelSize: 3, activation: 'relu' }),
  maxPool2d({ poolSize: 2 }),
  flatten(),
  dense({ units: 2 }),
]);

const train = (size: number): Promise<FitResult> =>
  fit(model, { data: batches(images, { size }), epochs: 1, optimizer: adam(), loss: crossEntropy() });

test('memory that runs out: the layer, the bytes, and a batch that does fit', async () => {
  await use(wasm({ threads: 1, maximumBytes: 2 ** 25 }));
  const before = memory().numTensors;
  const error: unknown = await train(length).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(BackendError);
  const { message } = error as Error;
  expect(message.replaceAll(/[\d.]+ MiB/g, 'N MiB').replaceAll(/of \d+ should/g, 'of N should')).toMatchInlineSnapshot(
    `"fit: memory ran out in a step, in or after layer 'conv2d_1'. A batch of 512 needs about N MiB for the layers' outputs, most of it in 'conv2d', and N MiB are there. A batch of N should fit. (wasm: out of memory: N MiB more are needed, N MiB of N MiB are in use. Use smaller batches or images, or dispose tensors that are no longer needed.)"`,
  );
  expect(memory().numTensors).toBe(before);
  const fitting = Number(/A batch of (\d+) should fit/.exec(message)![1]);
  // All 32 MiB count, not only those that the memory has grown to so far.
  expect(fitting).toBeGreaterThan(80);
  const { state } = await train(fitting);
  disposeTraining(state);
});
