import { engine, tensor, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { apart, checkGradients, seed, type GradientCase } from '../testing/check-gradients.ts';
import { cpu } from '../testing.ts';
import { use } from '../use.ts';
import * as ops from './index.ts';
import { maxPool2dGradient } from './max-pool2d.ts';

const window = { strides: [1, 1], padding: [0, 0, 0, 0], dilations: [1, 1], groups: 1, activation: 'linear' } as const;
const source = { seed: 3, stream: 2, call: 0, step: 5, sampleOffset: 0 };
const cases: GradientCase[] = [
  {
    name: 'conv2d with bias, stride and padding',
    inputs: { x: [2, 7, 6, 3], kernel: [3, 2, 3, 4], bias: [4] },
    compute: ({ x, kernel, bias }) =>
      ops.conv2d({ x: x!, kernel: kernel!, bias }, { ...window, strides: [2, 1], padding: [1, 2, 0, 1] }),
  },
  {
    name: 'conv2d with dilation and groups',
    inputs: { x: [2, 8, 9, 4], kernel: [3, 2, 2, 6], bias: [6] },
    compute: ({ x, kernel, bias }) =>
      ops.conv2d({ x: x!, kernel: kernel!, bias }, { ...window, dilations: [2, 3], padding: [2, 1, 3, 0], groups: 2 }),
  },
  {
    name: 'conv2d with dilation and stride together',
    inputs: { x: [1, 9, 9, 2], kernel: [3, 3, 2, 3] },
    compute: ({ x, kernel }) =>
      ops.conv2d({ x: x!, kernel: kernel! }, { ...window, dilations: [2, 2], strides: [2, 3], padding: [1, 1, 1, 1] }),
  },
  {
    name: 'conv2d depthwise, padding larger than the kernel',
    inputs: { x: [2, 4, 4, 3], kernel: [2, 2, 1, 6] },
    compute: ({ x, kernel }) => ops.conv2d({ x: x!, kernel: kernel! }, { ...window, padding: [3, 2, 2, 3], groups: 3 }),
  },
  {
    name: 'conv2d with relu',
    inputs: { x: [1, 4, 4, 2], kernel: [3, 3, 2, 3], bias: [3] },
    compute: ({ x, kernel, bias }) => ops.conv2d({ x: x!, kernel: kernel!, bias }, { ...window, activation: 'relu' }),
    step: 1e-4,
  },
  ...[false, true].flatMap((transposeA) =>
    [false, true].map((transposeB): GradientCase => ({
      name: `matMul, transposeA ${transposeA}, transposeB ${transposeB}`,
      inputs: { a: transposeA ? [4, 3] : [3, 4], b: transposeB ? [5, 4] : [4, 5], bias: [5] },
      compute: ({ a, b, bias }) => ops.matMul({ a: a!, b: b!, bias }, { transposeA, transposeB }),
    })),
  ),
  {
    name: 'matMul with relu',
    inputs: { a: [3, 4], b: [4, 5], bias: [5] },
    compute: ({ a, b, bias }) => ops.matMul({ a: a!, b: b!, bias }, { activation: 'relu' }),
    step: 1e-4,
  },
  {
    name: 'maxPool2d, overlapping and padded',
    inputs: { x: [2, 6, 7, 3] },
    compute: ({ x }) => ops.maxPool2d(x!, { poolSize: [3, 2], strides: [2, 1], padding: [1, 0, 1, 1] }),
    values: apart,
    step: 1e-3,
  },
  {
    name: 'maxPool2d with relu',
    inputs: { x: [2, 6, 6, 2] },
    compute: ({ x }) =>
      ops.maxPool2d(x!, { poolSize: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0], activation: 'relu' }),
    values: apart,
    step: 1e-3,
  },
  ...[false, true].map((countPadding): GradientCase => ({
    name: `averagePool2d, countPadding ${countPadding}`,
    inputs: { x: [2, 5, 6, 2] },
    compute: ({ x }) =>
      ops.averagePool2d(x!, { poolSize: [3, 2], strides: [2, 1], padding: [1, 1, 0, 1], countPadding }),
  })),
  { name: 'globalAveragePool2d', inputs: { x: [2, 3, 4, 5] }, compute: ({ x }) => ops.globalAveragePool2d(x!) },
  {
    name: 'batchNorm with residual',
    inputs: { x: [3, 4, 2, 3], gamma: [3], beta: [3], residual: [3, 4, 2, 3] },
    compute: ({ x, gamma, beta, residual }) =>
      ops.batchNorm({ x: x!, gamma: gamma!, beta: beta!, residual }, { epsilon: 1e-3 }).y,
  },
  {
    name: 'batchNorm with residual and relu',
    inputs: { x: [3, 4, 2, 3], gamma: [3], beta: [3], residual: [3, 4, 2, 3] },
    compute: ({ x, gamma, beta, residual }) =>
      ops.batchNorm({ x: x!, gamma: gamma!, beta: beta!, residual }, { epsilon: 1e-3, activation: 'relu' }).y,
    step: 1e-4,
  },
  {
    name: 'batchNormInference with relu',
    inputs: { x: [3, 4, 2, 3], gamma: [3], beta: [3], residual: [3, 4, 2, 3] },
    compute: ({ x, gamma, beta, residual }) =>
      tidy(() =>
        ops.batchNormInference(
          { x: x!, gamma: gamma!, beta: beta!, residual, mean: tensor([0.1, 0.2, -1]), variance: tensor([1, 2, 0.5]) },
          { epsilon: 1e-3, activation: 'relu' },
        ),
      ),
    step: 1e-4,
  },
  ...(['sigmoid', 'tanh', 'softmax', 'logSoftmax'] as const).map((kind): GradientCase => ({
    name: `activation ${kind}`,
    inputs: { x: [3, 5] },
    compute: ({ x }) => ops.activation(x!, kind),
  })),
  { name: 'activation relu', inputs: { x: [3, 5] }, compute: ({ x }) => ops.activation(x!, 'relu'), values: apart },
  {
    name: 'softmaxCrossEntropy, integer labels',
    inputs: { logits: [4, 3] },
    compute: ({ logits }) =>
      tidy(() =>
        ops.softmaxCrossEntropy(
          { logits: logits!, labels: tensor([0, 2, 1, 1], [4], 'int32') },
          { labelSmoothing: 0.1 },
        ),
      ),
  },
  {
    name: 'softmaxCrossEntropy, soft labels that do not sum to 1',
    inputs: { logits: [2, 3] },
    compute: ({ logits }) =>
      tidy(() =>
        ops.softmaxCrossEntropy(
          {
            logits: logits!,
            labels: tensor([
              [0.2, 0.3, 0.1],
              [1, 0, 0.5],
            ]),
          },
          { labelSmoothing: 0 },
        ),
      ),
  },
  { name: 'mean', inputs: { x: [3, 4] }, compute: ({ x }) => ops.mean(x!) },
  { name: 'add', inputs: { a: [3, 4], b: [3, 4] }, compute: ({ a, b }) => ops.add(a!, b!) },
  { name: 'reshape', inputs: { x: [3, 4] }, compute: ({ x }) => ops.reshape(x!, [2, 6]) },
  { name: 'dropout', inputs: { x: [4, 9] }, compute: ({ x }) => ops.dropout(x!, { ...source, rate: 0.4 }) },
];

describe(`gradients against finite differences (seed ${seed})`, () => {
  beforeAll(() => use(cpu()));

  it.each(cases)('$name', checkGradients);

  it('says that second gradients are not supported', () => {
    const x = tensor([1, 2, 3, 4], [1, 2, 2, 1]);
    const dy = tensor([1], [1, 1, 1, 1]);
    const twice = (): unknown =>
      engine().gradients(
        () =>
          ops.mean(
            maxPool2dGradient(
              { dy, x, y: dy },
              { poolSize: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0], activation: 'linear' },
            ),
          ),
        [dy],
        undefined,
      );
    expect(twice).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: striate.MaxPool2dGradient: has no gradient: gradients of gradients are not supported.]`,
    );
  });
});
