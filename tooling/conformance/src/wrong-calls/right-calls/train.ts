import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Values } from '@striate/core';
import * as train from '@striate/train';
import type { RightCall } from '../right-call.ts';
import { data, deviceBatch, gradients, hostBatch, network, small, trainer } from './fixtures.ts';

const fitOptions = (): object => ({
  data: data(),
  validation: data(),
  epochs: 1,
  optimizer: train.sgd(),
  loss: train.crossEntropy(),
  metrics: [train.accuracy()],
  callbacks: [{ onEpochEnd: () => undefined }],
  signal: AbortSignal.abort(),
  seed: 1,
  stepLosses: false,
  accumulate: 2,
});
const state = (): object => ({
  parameters: network().parameters,
  state: network().state,
  optimizer: {},
  step: 3,
  epoch: 1,
  batch: 0,
  seed: 1,
  sums: { samples: 0, seconds: 0, values: {} },
  history: [],
  data: { length: 12, size: 4, lastBatch: 0 },
});
const checkpoint = (): string => join(mkdtempSync(join(tmpdir(), 'striate-wrong-')), 'checkpoint-000003');
const text = ['text'] as const;

export const trainCalls: readonly RightCall[] = [
  {
    name: 'fit',
    call: train.fit,
    args: () => [small(), fitOptions()],
    options: 1,
    required: ['data', 'epochs', 'optimizer', 'loss'],
  },
  {
    name: 'fit, a callback',
    call: (own) => train.fit(small(), { ...fitOptions(), callbacks: [own] } as never),
    args: () => [{ onStep: () => undefined, onEpochEnd: () => undefined }],
    options: 0,
    needs: 1,
  },
  {
    name: 'fit, resume',
    call: (own) => train.fit(small(), { ...fitOptions(), resume: own } as never),
    args: () => [state()],
    options: 0,
    needs: 0,
    required: ['parameters', 'state', 'optimizer', 'step', 'epoch', 'batch', 'seed'],
  },
  {
    name: 'evaluate',
    call: train.evaluate,
    args: () => [network(), data(), { loss: train.crossEntropy(), metrics: [train.accuracy()] }],
    options: 2,
    required: ['loss'],
  },
  {
    name: 'checkpoints',
    call: train.checkpoints,
    args: () => ['runs/a', { everySteps: 5, keep: 3, overwrite: false, onWritten: () => undefined }],
    options: 1,
    also: { '#0': text },
  },
  {
    name: 'writeCheckpoint',
    call: train.writeCheckpoint,
    args: () => [checkpoint(), state(), train.sgd()],
    also: { '#0': text },
  },
  { name: 'readCheckpoint', call: train.readCheckpoint, args: () => ['none', small()] },
  { name: 'latestCheckpoint', call: train.latestCheckpoint, args: () => ['none', small()], also: { '#0': text } },
  { name: 'listCheckpoints', call: train.listCheckpoints, args: () => ['none'], also: { '#0': text } },
  { name: 'setAsideCheckpoints', call: train.setAsideCheckpoints, args: () => ['none'], also: { '#0': ['text'] } },
  { name: 'toDevice', call: train.toDevice, args: () => [hostBatch()] },
  { name: 'disposeBatch', call: train.disposeBatch, args: () => [deviceBatch()] },
  { name: 'disposeTraining', call: train.disposeTraining, args: () => [{ parameters: {}, state: {}, optimizer: {} }] },
  {
    name: 'recipeOf',
    call: train.recipeOf,
    args: () => [
      { folder: 'a', optimizer: { type: 'sgd', options: {}, slots: [] }, state: { basis: { losses: {} } } },
      { kinds: [] },
    ],
    options: 1,
  },
  {
    name: 'createTrainer',
    call: train.createTrainer,
    args: () => [
      network(),
      { loss: train.crossEntropy(), optimizer: train.sgd(), metrics: [train.accuracy()], lossWeights: {}, seed: 1 },
    ],
    options: 1,
    required: ['loss', 'optimizer'],
  },
  {
    name: 'createTrainer, gradients',
    call: (...given: Parameters<train.Trainer['gradients']>) => trainer().gradients(...given),
    args() {
      trainer(); // is there before tensors are counted
      return [hostBatch(), { sampleOffset: 4 }];
    },
    options: 1,
  },
  {
    name: 'createTrainer, update',
    call: (given: Values) => trainer().update(given),
    args: () => [{ ...gradients() }],
    options: 0,
    needs: 1,
    required: ['conv2d/kernel', 'dense/bias'],
  },
  {
    name: 'averageGradients',
    call: train.averageGradients,
    args: () => [[{ gradients: network().parameters, count: 3 }]],
  },
  {
    name: 'adam',
    call: train.adam,
    args: () => [{ learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1, decays: ['kernel'] }],
    options: 0,
  },
  {
    name: 'adamW',
    call: train.adamW,
    args: () => [{ learningRate: 0.1, beta1: 0.9, weightDecay: 0.1, decays: ['kernel'] }],
    options: 0,
  },
  {
    name: 'sgd',
    call: train.sgd,
    args: () => [{ learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.1, decays: ['bias'] }],
    options: 0,
  },
  {
    name: 'cosineDecay',
    call: train.cosineDecay,
    args: () => [{ initialLearningRate: 0.1, decaySteps: 10, alpha: 0.1 }],
    options: 0,
    required: ['decaySteps'],
  },
  {
    name: 'exponentialDecay',
    call: train.exponentialDecay,
    args: () => [{ initialLearningRate: 0.1, decaySteps: 10, decayRate: 0.5, staircase: true }],
    options: 0,
    required: ['decaySteps', 'decayRate'],
  },
  {
    name: 'polynomialDecay',
    call: train.polynomialDecay,
    args: () => [{ initialLearningRate: 0.1, decaySteps: 10, endLearningRate: 0.01, power: 2 }],
    options: 0,
    required: ['decaySteps'],
  },
  {
    name: 'piecewiseConstantDecay',
    call: train.piecewiseConstantDecay,
    args: () => [{ boundaries: [10, 20], values: [0.1, 0.01, 0.001] }],
    options: 0,
    required: ['boundaries', 'values'],
  },
  {
    name: 'linearWarmUp',
    call: train.linearWarmUp,
    args: () => [{ warmUpSteps: 10, startFactor: 0.1, next: train.cosineDecay({ decaySteps: 10 }) }],
    options: 0,
    required: ['warmUpSteps'],
  },
  { name: 'learningRate', call: train.learningRate, args: () => [0.1] },
  ...Object.entries({
    defineSchedule: train.defineSchedule,
    defineOptimizer: train.defineOptimizer,
    defineLoss: train.defineLoss,
    defineMetric: train.defineMetric,
  }).map(([name, call]) => ({
    name,
    call: call as (...args: never[]) => unknown,
    args: () => [{ type: 'me/mine', doc: 'Mine.', options: { rate: train.learningRate(0.1) }, make: () => ({}) }],
    options: 0,
    required: ['type', 'doc', 'options', 'make'],
    also: { doc: ['text'] },
  })),
  { name: 'crossEntropy', call: train.crossEntropy, args: () => [{ labelSmoothing: 0.1 }], options: 0 },
  { name: 'topK', call: train.topK, args: () => [5] },
  ...[train.accuracy, train.binaryAccuracy, train.binaryCrossEntropy, train.meanSquaredError].map((call) => ({
    name: call.name,
    call: call as (...args: never[]) => unknown,
    args: () => [{}],
    options: 0,
  })),
];

/** Functions that take no arguments. */
export const trainWithoutCalls: readonly string[] = ['accuracy'];
