// A CNN against a multilayer perceptron: parameters, speed of learning, and what the first layer has learnt to see.
// Writes the first layers' weights as pictures into runs/cnn-against-mlp.
// Run it in the workspace: node --conditions=@striate/source examples/cnn-against-mlp.ts
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { wasm } from '@striate/backend-wasm';
import { use, type Tensor } from '@striate/core';
import { batches, fitPreprocessing, mnist, take } from '@striate/data';
import { parameterSpecs, type Model } from '@striate/layers';
import { accuracy, adam, crossEntropy, fit } from '@striate/train';
import { lenet5, mlp } from '@striate/zoo';

await use(wasm());

const models: Record<string, Model> = { 'LeNet-5': lenet5(), MLP: mlp() };
const { train, test } = await mnist();
const some = take(train, 12_000);
const preprocessing = await fitPreprocessing(some);
const folder = join('runs', 'cnn-against-mlp');
await mkdir(folder, { recursive: true });

console.log(['', 'parameters', 'test accuracy after each epoch', 'seconds an epoch'].join(' | '));
for (const [name, model] of Object.entries(models)) {
  const { network, history } = await fit(model, {
    data: batches(some, { size: 64, seed: 1, preprocessing }),
    validation: batches(take(test, 2000), { size: 250, preprocessing }),
    epochs: 3,
    optimizer: adam(),
    loss: crossEntropy(),
    metrics: [accuracy()],
    seed: 1,
  });
  const parameters = Object.values(parameterSpecs(model)).reduce(
    (sum, { shape }) => sum + shape.reduce((a, b) => a * b),
    0,
  );
  const reached = history.epochs.map((epoch) => `${(100 * epoch['validation.accuracy']!).toFixed(1)}%`);
  const seconds = history.epochs.reduce((sum, epoch) => sum + epoch.seconds, 0) / history.epochs.length;
  console.log([name, parameters.toLocaleString('en'), reached.join(' '), seconds.toFixed(1)].join(' | '));
  const [first] = Object.entries(network.parameters).find(([path]) => path.endsWith('/kernel'))!;
  await drawFilters(network.parameters[first]!, join(folder, `${name.toLowerCase()}.png`));
}
console.log(`The first layers' weights, grey for 0, are drawn in ${folder}.`);

/** A grid of filters: [kh, kw, 1, F] as they are, [784, F] as 28x28 images. */
async function drawFilters(kernel: Tensor, path: string): Promise<void> {
  const count = Math.min(16, kernel.shape.at(-1)!);
  const side = kernel.rank === 4 ? kernel.shape[0] : 28;
  const values = await kernel.data<'float32'>();
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const columns = Math.ceil(Math.sqrt(count));
  const rows = Math.ceil(count / columns);
  const width = columns * (side + 1) + 1;
  const pixels = new Uint8Array(width * (rows * (side + 1) + 1));
  for (let filter = 0; filter < count; filter++) {
    const [left, top] = [1 + (filter % columns) * (side + 1), 1 + Math.floor(filter / columns) * (side + 1)];
    for (let place = 0; place < side * side; place++) {
      const value = values[place * kernel.shape.at(-1)! + filter]!;
      pixels[(top + Math.floor(place / side)) * width + left + (place % side)] = 128 + (127 * value) / largest;
    }
  }
  const raw = { width, height: pixels.length / width, channels: 1 } as const;
  await sharp(pixels, { raw })
    .resize(width * Math.ceil(400 / width), null, { kernel: 'nearest' })
    .png()
    .toFile(path);
}
