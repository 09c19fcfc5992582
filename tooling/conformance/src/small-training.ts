import { randomBits, streams } from '@striate/core';
import { arrayDataset, batches, type ArrayDataset } from '@striate/data';
import {
  batchNorm,
  conv2d,
  dense,
  dropout,
  flatten,
  glorotNormal,
  heNormal,
  input,
  maxPool2d,
  orthogonal,
  sequential,
  type Model,
} from '@striate/layers';
import { crossEntropy, sgd, type FitOptions } from '@striate/train';

const side = 12;
const classes = 4;

/** Noise with one bright quarter, which is the class. */
function images(length: number, seed: number): ArrayDataset {
  const noise = randomBits({ seed, stream: streams.noise, call: 0, step: 0 }, { length: length * side * side });
  const labels = Int32Array.from({ length }, (_, index) => (index * 7 + 3) % classes);
  const pixels = Uint8Array.from(noise, (bits, place) => {
    const [row, column] = [Math.floor(place / side) % side, place % side];
    const quarter = (row < side / 2 ? 0 : 2) + (column < side / 2 ? 0 : 1);
    return (bits >>> 25) + (quarter === labels[Math.floor(place / (side * side))] ? 60 : 0);
  });
  const classNames = Array.from({ length: classes }, (_, label) => String(label));
  return arrayDataset({ name: 'quarters', pixels, labels, inputShape: [side, side, 1], classNames });
}

/** A CNN with all that makes training hang on its seed and its history: dropout, batch normalisation. */
export function smallCnn(): Model {
  return sequential([
    input([side, side, 1]),
    conv2d({ filters: 8, kernelSize: 3, kernelInitializer: heNormal() }),
    batchNorm({ momentum: 0.99, activation: 'relu' }),
    maxPool2d({ poolSize: 2 }),
    conv2d({ filters: 16, kernelSize: 3, kernelInitializer: orthogonal() }),
    batchNorm({ momentum: 0.99, activation: 'relu' }),
    flatten(),
    dropout({ rate: 0.25 }),
    dense({ units: classes, kernelInitializer: glorotNormal() }),
  ]);
}

interface SmallTraining {
  seed: number;
  steps: number;
  /** Images of a batch; default 16. */
  size?: number;
}

/** An epoch of that many steps, small enough for a GPU that is none, with the loss of each step. */
export function smallTraining({ seed, steps, size = 16 }: SmallTraining): FitOptions {
  return {
    data: batches(images(size * steps, seed), { size, seed }),
    epochs: 1,
    optimizer: sgd({ learningRate: 0.02 }),
    loss: crossEntropy(),
    seed,
    stepLosses: true,
  };
}
