import { dispose, tensor, use } from '@striate/core';
import { arrayDataset, batches } from '@striate/data';
import {
  batchNorm,
  conv2d,
  dense,
  flatten,
  initialize,
  input,
  maxPool2d,
  sequential,
  type LayerFunction,
  type Network,
} from '@striate/layers';
import { accuracy, crossEntropy, evaluate, fit, sgd } from '@striate/train';
import { beforeAll, describe, expect, test } from 'vitest';
import { backends } from './backends.ts';
import { usableBackends } from './usable-backends.ts';

const pixels = Uint8Array.from({ length: 30 * 36 }, (_, place) => (place * 37) % 256);
const labels = Array.from({ length: 30 }, (_, place) => place % 3);
const toy = arrayDataset({ name: 'toy', pixels, labels, inputShape: [6, 6, 1], classNames: ['a', 'b', 'c'] });
const data = batches(toy, { size: 10, seed: 1 });

describe.each(usableBackends)('NaN in a layer on %s', (name) => {
  beforeAll(() => use(backends[name]!()));

  /** A network of which a parameter has a NaN. */
  function spoilt(path: string, layers: readonly LayerFunction[]): Network {
    const network = initialize(sequential([input([6, 6, 1]), ...layers]), { seed: 1 });
    const old = network.parameters[path]!;
    const values = new Float32Array(old.size).fill(0.1);
    values[0] = Number.NaN;
    network.parameters[path] = tensor(values, old.shape);
    old.dispose();
    return network;
  }
  const classifier = [flatten(), dense({ units: 3 })];

  test.each([
    ['before max pooling', [conv2d({ filters: 4, kernelSize: 3, activation: 'relu' }), maxPool2d()]],
    ['before batch norm', [conv2d({ filters: 4, kernelSize: 3 }), batchNorm()]],
    ['before a rectifier', [conv2d({ filters: 4, kernelSize: 3, activation: 'relu' })]],
  ])('%s is told in the first step, by the parameter', async (_, layers) => {
    const network = spoilt('conv2d/kernel', [...layers, ...classifier]);
    const training = fit(network, { data, epochs: 3, optimizer: sgd({ learningRate: 0.01 }), loss: crossEntropy() });
    await expect(training).rejects.toThrow(
      "fit: the loss of step 1 (epoch 1) is NaN. It began with that: 'conv2d/kernel' was not finite before the first step.",
    );
    dispose(network.parameters, network.state);
  });

  test('makes no answer right, and evaluate refuses the loss, naming the parameter', async () => {
    const network = spoilt('dense/kernel', classifier);
    const kernel = network.parameters['dense/kernel']!;
    network.parameters['dense/kernel'] = tensor(new Float32Array(kernel.size).fill(Number.NaN), kernel.shape);
    kernel.dispose();
    const options = { loss: crossEntropy(), metrics: [accuracy()] };
    await expect(evaluate(network, data, options)).rejects.toThrow(
      "evaluate: the loss is NaN, so that metrics mean nothing. Of the network 'dense/kernel' is not finite",
    );
    dispose(network.parameters, network.state);
  });
});
