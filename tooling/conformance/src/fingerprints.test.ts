// Weights after 20 steps, to the bit, on the plain SIMD build: what is built anew inside must not move them.
import { wasm } from '@striate/backend-wasm';
import { dispose, use } from '@striate/core';
import { arrayDataset, batches } from '@striate/data';
import { weightsSha256 } from '@striate/inference';
import { initialize, type Model } from '@striate/layers';
import { adam, crossEntropy, disposeTraining, fit, sgd, type Optimizer } from '@striate/train';
import { lenet5, resnet20, srivastavaCnn } from '@striate/zoo';
import { beforeAll, expect, test } from 'vitest';

beforeAll(() => use(wasm({ threads: 2, simd: 'plain' })));

interface Training {
  name: string;
  model: Model;
  inputShape: readonly [number, number, number];
  optimizer: Optimizer;
  /** Digests of the starting and of the trained weights. */
  start: string;
  end: string;
}

const trainings: Training[] = [
  {
    name: 'LeNet-5, momentum',
    model: lenet5(),
    inputShape: [28, 28, 1],
    optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }),
    start: 'b0fb693313121e4fe92364ca515a4ea21c065476f46fe5596ce6704533fc8087',
    end: '7a06ad4569dd2e663fd377b4088f741f1722ead890cf70f2f682c7589e879d73',
  },
  {
    name: 'ResNet-20, weight decay',
    model: resnet20(),
    inputShape: [32, 32, 3],
    optimizer: sgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 1e-4 }),
    start: '50d4c5a7b44f55c5b9bef178a7e4ea567615ab3324bd10911e24d85550db789d',
    end: '8865bc9772876aaf998dec9594d90f3657171c507410ddd7b5752f92c97b2f3b',
  },
  {
    name: "Srivastava's net with dropout, Adam",
    model: srivastavaCnn(),
    inputShape: [32, 32, 3],
    optimizer: adam(),
    start: '8b59706903968d55b1ffcde09335fc68ae6001eb5f8734221a4c5f87baf7c81a',
    end: 'bf3267c24350a2e907075b20c14292de9480a70f81221fdfb4c33a68fae2966e',
  },
];

/** Noise from a generator that is written out here, so that nothing else decides it. */
function noise(length: number): Uint8Array {
  let state = 12345;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 16) & 255;
  });
}

test.each(trainings)('$name', async ({ model, inputShape, optimizer, start, end }) => {
  const [height, width, channels] = inputShape;
  const samples = 40;
  const dataset = arrayDataset({
    name: 'noise',
    pixels: noise(samples * height * width * channels),
    labels: Array.from({ length: samples }, (_, sample) => sample % 10),
    inputShape: [height, width, channels],
    classNames: Array.from({ length: 10 }, (_, digit) => String(digit)),
  });
  const first = initialize(model, { seed: 3 });
  const data = batches(dataset, { size: 4, seed: 1 });
  const { network, state } = await fit(model, { data, epochs: 2, optimizer, loss: crossEntropy(), seed: 3 });
  const digests = { start: await weightsSha256(first), end: await weightsSha256(network) };
  dispose(first.parameters, first.state);
  disposeTraining(state);
  expect(digests).toEqual({ start, end });
});
