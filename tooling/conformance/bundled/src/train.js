import { wasm } from '@striate/backend-wasm';
import { use } from '@striate/core';
import { arrayDataset, batches } from '@striate/data';
import { batchNorm, conv2d, dense, globalAveragePool2d, input, sequential } from '@striate/layers';
import { crossEntropy, fit, sgd } from '@striate/train';

const [length, side] = [256, 16];

/** Bright and dark images: a few steps tell them apart. */
function images() {
  const labels = Int32Array.from({ length }, (_, index) => index % 2);
  const pixels = Uint8Array.from({ length: length * side * side }, (_, place) => {
    return ((place * 31) % 97) + labels[Math.floor(place / (side * side))] * 150;
  });
  const inputShape = [side, side, 1];
  return arrayDataset({ name: 'brightness', pixels, labels, inputShape, classNames: ['dark', 'bright'] });
}

export async function train(threads) {
  const backend = await use(wasm({ threads }));
  const model = sequential([
    input([side, side, 1]),
    conv2d({ filters: 16, kernelSize: 3 }),
    batchNorm({ activation: 'relu' }),
    globalAveragePool2d(),
    dense({ units: 2 }),
  ]);
  const { history } = await fit(model, {
    data: batches(images(), { size: 32, seed: 1 }),
    epochs: 2,
    optimizer: sgd({ learningRate: 0.1 }),
    loss: crossEntropy(),
    seed: 1,
    stepLosses: true,
  });
  const { device, bytesAllowed } = backend.stats();
  return { device, bytesAllowed, losses: history.stepLosses };
}
