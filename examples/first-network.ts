// A first network: define a CNN, train it on the handwritten digits of MNIST, test it, save it.
// Run it in the workspace: node --conditions=@striate/source examples/first-network.ts
import { wasm } from '@striate/backend-wasm';
import { use } from '@striate/core';
import { batches, mnist, split } from '@striate/data';
import { save } from '@striate/inference';
import { conv2d, dense, dropout, flatten, input, maxPool2d, sequential, summary } from '@striate/layers';
import { accuracy, adam, crossEntropy, evaluate, fit } from '@striate/train';

await use(wasm()); // the CPU, through WebAssembly; another backend is another line here

const model = sequential([
  input([28, 28, 1]),
  conv2d({ filters: 16, kernelSize: 3, activation: 'relu' }),
  maxPool2d({ poolSize: 2 }),
  conv2d({ filters: 32, kernelSize: 3, activation: 'relu' }),
  maxPool2d({ poolSize: 2 }),
  flatten(),
  dropout({ rate: 0.5 }),
  dense({ units: 10 }),
]);
console.log(summary(model));

const { train: all, test } = await mnist();
const { train, validation } = split(all, { validation: 0.1, seed: 1 });
const { network } = await fit(model, {
  data: batches(train, { size: 64, seed: 1 }),
  validation: batches(validation, { size: 256 }),
  epochs: 1,
  optimizer: adam({ learningRate: 1e-3 }),
  loss: crossEntropy(),
  metrics: [accuracy()],
  callbacks: [{ onEpochEnd: ({ record }) => console.log(record) }],
});

const data = batches(test, { size: 256 });
console.log(await evaluate(network, data, { loss: crossEntropy(), metrics: [accuracy()] }));
await save(network, 'runs/first-network');
