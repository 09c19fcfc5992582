// What a stranger's first page does: trains on bright and dark images, and says how the loss falls.
import { wasm } from '@striate/backend-wasm';
import { webgpu } from '@striate/backend-webgpu';
import { use } from '@striate/core';
import { arrayDataset, batches } from '@striate/data';
import { batchNorm, conv2d, dense, globalAveragePool2d, input, sequential } from '@striate/layers';
import { crossEntropy, fit, sgd } from '@striate/train';

/** What the page tells whoever opened it. */
export interface Report {
  device: string;
  losses: readonly number[];
}

async function train(): Promise<Report> {
  const [length, side] = [256, 16];
  const labels = Int32Array.from({ length }, (_, index) => index % 2);
  const pixels = Uint8Array.from({ length: length * side * side }, (_, place) => {
    return ((place * 31) % 97) + labels[Math.floor(place / (side * side))]! * 150;
  });
  const images = arrayDataset({
    name: 'brightness',
    pixels,
    labels,
    inputShape: [side, side, 1],
    classNames: ['dark', 'bright'],
  });
  const backend = await use([webgpu(), wasm()]);
  const model = sequential([
    input([side, side, 1]),
    conv2d({ filters: 16, kernelSize: 3 }),
    batchNorm({ activation: 'relu' }),
    globalAveragePool2d(),
    dense({ units: 2 }),
  ]);
  const { history } = await fit(model, {
    data: batches(images, { size: 32, seed: 1 }),
    epochs: 2,
    optimizer: sgd({ learningRate: 0.1 }),
    loss: crossEntropy(),
    stepLosses: true,
    seed: 1,
  });
  return { device: backend.stats().device, losses: history.stepLosses! };
}

Object.assign(globalThis, { report: train() });
