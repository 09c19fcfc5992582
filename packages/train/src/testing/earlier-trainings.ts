import { batches, mapBatches, type Batches } from '@striate/data';
import { smallNet } from '@striate/inference/testing';
import { concatenate, conv2d, dense, flatten, freeze, input, model, sequential, type Model } from '@striate/layers';
import type { FitOptions } from '../fit-options.ts';
import { binaryCrossEntropy } from '../losses/binary-cross-entropy.ts';
import { crossEntropy } from '../losses/cross-entropy.ts';
import { meanSquaredError } from '../losses/mean-squared-error.ts';
import { accuracy } from '../metrics/accuracy.ts';
import { binaryAccuracy } from '../metrics/binary-accuracy.ts';
import { topK } from '../metrics/top-k.ts';
import { adamW } from '../optimizers/adam-w.ts';
import { adam } from '../optimizers/adam.ts';
import { sgd } from '../optimizers/sgd.ts';
import { cosineDecay } from '../schedules/cosine-decay.ts';
import { blobs } from './blobs.ts';

// Trainings of which a checkpoint in mid-epoch was written by the version of each, so that later ones can show that they
// resume it to the same bits. A checkpoint lies in saved-before/trainings; a training here is never changed, only added.

/** A training, its model apart. */
export interface EarlierTraining {
  model(): Model;
  options(): FitOptions;
}

const dataset = blobs({ length: 16, seed: 1 });
const data = (): Batches => batches(dataset, { size: 4, seed: 3 });
const labels = (): Batches =>
  mapBatches(data(), (batch) => ({
    ...batch,
    targets: Float32Array.from({ length: 2 * batch.targets.length }, (_, place) =>
      place % 2 === 0 ? batch.targets[place >> 1]! & 1 : batch.targets[place >> 1]! >> 1,
    ),
    targetShape: [batch.targets.length, 2],
  }));
const values = (): Batches =>
  mapBatches(data(), (batch) => ({
    ...batch,
    targets: Float32Array.from(batch.targets, (label) => label / 4),
    targetShape: [batch.targets.length, 1],
    weights: Float32Array.from(batch.targets, (label) => 1 + label),
  }));

const flat = (units: number): Model => sequential([input([6, 6, 1]), flatten(), dense({ units })]);

function twoHeads(): Model {
  const x = input([6, 6, 1]);
  const h = dense({ units: 2, activation: 'relu' })(flatten()(x));
  const other = concatenate()([h, dense({ units: 1 })(flatten()(x))]);
  return model({
    inputs: x,
    outputs: [dense({ units: 4, name: 'main' })(h), dense({ units: 4, name: 'side' })(other)],
  });
}

/** Its convolution stays as it is. */
const frozen = (): Model =>
  freeze(
    sequential([input([6, 6, 1]), conv2d({ filters: 2, kernelSize: 3 }), flatten(), dense({ units: 4 })]),
    (layer) => layer === 'conv2d',
  );

const common = { epochs: 2, seed: 7 };
const classes = { ...common, loss: crossEntropy(), metrics: [accuracy()] };

/** The trainings, by the names of their folders. */
export const earlierTrainings: Readonly<Record<string, EarlierTraining>> = {
  sgd: { model: smallNet, options: () => ({ ...classes, data: data(), optimizer: sgd({ learningRate: 0.05 }) }) },
  momentum: {
    model: smallNet,
    options: () => ({
      ...common,
      data: data(),
      optimizer: sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true, weightDecay: 1e-3, decays: ['kernel'] }),
      loss: crossEntropy({ labelSmoothing: 0.1 }),
      metrics: [accuracy(), topK(2)],
    }),
  },
  adam: {
    model: smallNet,
    options: () => ({ ...classes, data: data(), optimizer: adam({ learningRate: 0.01, beta1: 0.8, epsilon: 1e-7 }) }),
  },
  'adam-w': { model: smallNet, options: () => ({ ...classes, data: data(), optimizer: adamW({ weightDecay: 0.05 }) }) },
  'cosine-decay': {
    model: smallNet,
    options: () => ({
      ...classes,
      data: data(),
      optimizer: adam({ learningRate: cosineDecay({ initialLearningRate: 0.02, decaySteps: 8, alpha: 0.1 }) }),
    }),
  },
  labels: {
    model: () => flat(2),
    options: () => ({
      ...common,
      data: labels(),
      optimizer: sgd({ learningRate: 0.1, momentum: 0.5 }),
      loss: binaryCrossEntropy(),
      metrics: [binaryAccuracy()],
    }),
  },
  numbers: {
    model: () => flat(1),
    options: () => ({ ...common, data: values(), optimizer: sgd({ learningRate: 0.01 }), loss: meanSquaredError() }),
  },
  frozen: { model: frozen, options: () => ({ ...classes, data: data(), optimizer: adam({ learningRate: 0.01 }) }) },
  'several-outputs': {
    model: twoHeads,
    options: () => ({
      ...common,
      data: data(),
      optimizer: adam({ learningRate: 0.01 }),
      loss: { main: crossEntropy(), side: crossEntropy({ labelSmoothing: 0.2 }) },
      lossWeights: { side: 0.3 },
      metrics: { main: [accuracy()], side: [topK(2)] },
    }),
  },
};
