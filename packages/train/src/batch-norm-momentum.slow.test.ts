// After few steps, batch norm's moving statistics serve about as well as those of the batch: docs/decisions/0015.
import { wasm } from '@striate/backend-wasm';
import { dispose, randomNormal, streams, tensor, use } from '@striate/core';
import { arrayDataset, batches, mnist, take, type Dataset } from '@striate/data';
import {
  batchNorm,
  conv2d,
  dense,
  flatten,
  forward,
  globalAveragePool2d,
  input,
  maxPool2d,
  sequential,
  type BatchNormOptions,
  type LayerFunction,
  type Model,
  type Network,
} from '@striate/layers';
import { beforeAll, expect, it } from 'vitest';
import { fit } from './fit.ts';
import { crossEntropy } from './losses/cross-entropy.ts';
import { adam } from './optimizers/adam.ts';

type Norm = (options?: BatchNormOptions) => LayerFunction;
const relu = { activation: 'relu' } as const;
const convolution = { kernelSize: 3, useBias: false } as const;

const small = (norm: Norm): Model =>
  sequential([
    input([28, 28, 1]),
    ...[8, 16].flatMap((filters) => [conv2d({ ...convolution, filters }), norm(relu), maxPool2d()]),
    flatten(),
    dense({ units: 10 }),
  ]);

/** Six batch norms, each of which changes what those behind it see. */
const deep = (norm: Norm): Model =>
  sequential([
    input([28, 28, 1]),
    ...Array.from({ length: 6 }, (_, place) => [
      conv2d({ ...convolution, filters: 16, padding: 'same', strides: place < 2 ? 2 : 1 }),
      norm(relu),
    ]).flat(),
    globalAveragePool2d(),
    dense({ units: 10 }),
  ]);

/** Gratings in ten directions of weak contrast on bright grounds: means are large, deviations small. */
function gratings(count: number, seed: number): Dataset {
  const key = { seed, stream: streams.noise, step: 0 };
  const noise = randomNormal({ ...key, call: 0 }, count * 784);
  const draw = randomNormal({ ...key, call: 1 }, count * 4);
  const pixels = new Uint8Array(count * 784);
  const labels = Array.from({ length: count }, (_, index) => index % 10);
  for (const [index, label] of labels.entries()) {
    const [turn, phase, stretch, light] = draw.subarray(4 * index, 4 * index + 4) as unknown as [
      number,
      number,
      number,
      number,
    ];
    const angle = (Math.PI * (label + 0.25 * turn)) / 10;
    for (let place = 0; place < 784; place++) {
      const along = (place % 28) * Math.cos(angle) + Math.floor(place / 28) * Math.sin(angle);
      const wave = Math.sin((0.9 + 0.1 * stretch) * along + 6 * phase);
      const pixel = 200 + 15 * light + 6 * wave + 4 * noise[index * 784 + place]!;
      pixels[index * 784 + place] = Math.max(0, Math.min(255, pixel));
    }
  }
  return arrayDataset({
    name: 'gratings',
    pixels,
    labels,
    inputShape: [28, 28, 1],
    classNames: Array.from('0123456789'),
  });
}

async function trained(model: Model, train: Dataset, steps: number): Promise<Network> {
  const data = batches(take(train, 64 * steps), { size: 64, seed: 1 });
  const { network } = await fit(model, { data, epochs: 1, seed: 3, loss: crossEntropy(), optimizer: adam() });
  return network;
}

/** Percent of the test set, with the moving statistics or with those of batches of 250. */
async function accuracy(network: Network, test: Dataset, ofBatch: boolean): Promise<number> {
  let right = 0;
  for await (const { inputs, targets } of batches(test, { size: 250 }).epoch(0)) {
    const x = tensor(inputs, [inputs.length / 784, 28, 28, 1]);
    const { outputs, state } = forward(network.model, { ...network, inputs: [x], training: ofBatch });
    const logits = await outputs[0]!.data();
    for (const [index, target] of targets.entries()) {
      const row = [...logits.subarray(10 * index, 10 * index + 10)];
      if (row.indexOf(Math.max(...row)) === target) right++;
    }
    dispose(x, outputs, ofBatch ? state : undefined);
  }
  return (100 * right) / test.length;
}

let sets: Record<'mnist' | 'gratings', { train: Dataset; test: Dataset }>;
beforeAll(async () => {
  await use(wasm());
  const { train, test } = await mnist();
  sets = {
    mnist: { train, test: take(test, 2000) },
    gratings: { train: gratings(12_800, 1), test: gratings(2000, 2) },
  };
});

it.each([
  ['small', 'mnist', 50, 70],
  ['small', 'mnist', 200, 85],
  ['deep', 'gratings', 200, 85],
] as const)('%s network, %s, %i steps: within 5 points', async (name, data, steps, atLeast) => {
  const { train, test } = sets[data];
  const network = await trained({ small, deep }[name](batchNorm), train, steps);
  const [moving, ofBatch] = [await accuracy(network, test, false), await accuracy(network, test, true)];
  dispose(network.parameters, network.state);
  expect(ofBatch).toBeGreaterThan(atLeast);
  expect(ofBatch - moving).toBeLessThan(5);
});

it("with Keras' momentum of 0.99 they do not: what the default was before", async () => {
  const network = await trained(
    small((options) => batchNorm({ ...options, momentum: 0.99 })),
    sets.mnist.train,
    200,
  );
  const { test } = sets.mnist;
  const lost = (await accuracy(network, test, true)) - (await accuracy(network, test, false));
  dispose(network.parameters, network.state);
  expect(lost).toBeGreaterThan(20);
});
