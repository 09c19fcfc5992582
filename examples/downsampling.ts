// Three ways to halve an image, and a fourth: max pooling, average pooling, a convolution with stride 2, stochastic
// pooling. Each network is trained for two short epochs; then the digits of the test are shifted.
// Run it in the workspace: node --conditions=@striate/source examples/downsampling.ts
import { wasm } from '@striate/backend-wasm';
import { use } from '@striate/core';
import { arrayDataset, batches, mnist, take, type Dataset } from '@striate/data';
import {
  averagePool2d,
  conv2d,
  dense,
  flatten,
  input,
  maxPool2d,
  sequential,
  stochasticPool2d,
  summarize,
  type LayerFunction,
  type Model,
} from '@striate/layers';
import { accuracy, adam, crossEntropy, evaluate, fit } from '@striate/train';

await use(wasm());

const convolution = (filters: number, strides = 1): LayerFunction =>
  conv2d({ filters, kernelSize: 3, strides, padding: 'same', activation: 'relu' });
const pooled = (pool: () => LayerFunction): Model =>
  sequential([input([28, 28, 1]), convolution(8), pool(), convolution(16), pool(), flatten(), dense({ units: 10 })]);

const models: Record<string, Model> = {
  'max pooling': pooled(() => maxPool2d({ poolSize: 2 })),
  'average pooling': pooled(() => averagePool2d({ poolSize: 2 })),
  'stride 2': sequential([input([28, 28, 1]), convolution(8, 2), convolution(16, 2), flatten(), dense({ units: 10 })]),
  'stochastic pooling': pooled(() => stochasticPool2d({ poolSize: 2 })),
};

const { train, test } = await mnist();
const data = batches(take(train, 6000), { size: 64, seed: 1 });
const shifts = [0, 1, 2, 3, 4];
console.log(['', 'multiply-adds', 'ms a step', ...shifts.map((shift) => `shift ${shift}`)].join(' | '));
for (const [name, model] of Object.entries(models)) {
  const started = performance.now();
  const { network } = await fit(model, {
    data,
    epochs: 2,
    optimizer: adam({ learningRate: 2e-3 }),
    loss: crossEntropy(),
  });
  const milliseconds = (performance.now() - started) / (2 * data.batchesPerEpoch);
  const accuracies: string[] = [];
  for (const shift of shifts) {
    const moved = batches(take(shiftedRight(test, shift), 1000), { size: 250 });
    const { accuracy: share } = await evaluate(network, moved, { loss: crossEntropy(), metrics: [accuracy()] });
    accuracies.push(`${(100 * share!).toFixed(1)}%`);
  }
  const multiplyAdds = summarize(model).reduce((sum, row) => sum + (row.multiplyAdds ?? 0), 0);
  console.log([name, multiplyAdds.toLocaleString('en'), milliseconds.toFixed(1), ...accuracies].join(' | '));
}

/** Images moved to the right by some columns, which are black. */
function shiftedRight(dataset: Dataset, columns: number): Dataset {
  const { name, pixels = new Uint8Array(0), labels, inputShape, classNames } = dataset;
  const width = inputShape[1];
  const moved = pixels.map((_, place) => (place % width < columns ? 0 : pixels[place - columns]!));
  return arrayDataset({ name: `${name}, shifted by ${columns}`, pixels: moved, labels, inputShape, classNames });
}
