import { engine, memory, mul, tensor, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { valueAndGradients } from '../gradients.ts';
import { streams } from '../random-key.ts';
import { permutation } from '../permutation.ts';
import { randomNormal } from '../random.ts';
import { sizeOf } from '../shape.ts';
import type { Values } from '../tensor.ts';
import { cpu } from '../testing.ts';
import { use } from '../use.ts';
import * as ops from './index.ts';

const seed = Math.floor(Date.now() / 1000) % 2 ** 32;
let call = 0;
const normal = (shape: number[]): Float32Array =>
  randomNormal({ seed, stream: streams.initializer, call: call++, step: 0 }, sizeOf(shape));
/** Distinct values, far enough apart that a small step never changes their order or sign. */
const apart = (shape: number[]): Float32Array => {
  const size = sizeOf(shape);
  const order = permutation({ seed, stream: streams.shuffle, call: call++, step: 0 }, size);
  return Float32Array.from(order, (place) => (place - size / 2 + 0.25) * (4 / size));
};

type Case = {
  name: string;
  inputs: Record<string, number[]>;
  compute(inputs: Values): Tensor;
  values?: typeof normal;
  step?: number;
};

const window = { strides: [1, 1], padding: [0, 0, 0, 0], dilations: [1, 1], groups: 1, activation: 'linear' } as const;
const source = { seed: 3, stream: 2, call: 0, step: 5, sampleOffset: 0 };
const cases: Case[] = [
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
    [false, true].map((transposeB): Case => ({
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
  ...[false, true].map((countPadding): Case => ({
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
  ...(['sigmoid', 'tanh', 'softmax', 'logSoftmax'] as const).map((kind): Case => ({
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

  it.each(cases)('$name', async ({ inputs, compute, values = normal, step = 1e-2 }) => {
    const names = Object.keys(inputs);
    const points = names.map((name) => values(inputs[name]!));
    const directions = names.map((name) => normal(inputs[name]!));
    const at = (move: number, moved: number): Values =>
      Object.fromEntries(
        names.map((name, index) => {
          const shift = index === moved ? move : 0;
          return [
            name,
            tensor(
              points[index]!.map((value, place) => value + shift * directions[index]![place]!),
              inputs[name],
            ),
          ];
        }),
      );
    const outputShape = tidy(() => compute(at(0, 0)).shape);
    const weights = normal(outputShape);
    const lossAt = async (move: number, moved: number): Promise<number> => {
      const y = tidy(() => compute(at(move, moved)));
      const read = await y.data<'float32'>();
      y.dispose();
      return read.reduce((total, value, index) => total + value * weights[index]!, 0) / weights.length;
    };

    const start = at(0, 0);
    const before = memory().numTensors;
    const { loss, gradients } = valueAndGradients(
      (given) => ({ loss: ops.mean(weighted(compute(given), weights)) }),
      start,
    );
    expect(memory().numTensors - before).toBe(names.length + 1);
    for (const [index, name] of names.entries()) {
      const gradient = await gradients[name]!.data<'float32'>();
      const slope = gradient.reduce((total, value, place) => total + value * directions[index]![place]!, 0);
      const size = Math.sqrt(gradient.reduce((total, value) => total + value * value, 0) * directions[index]!.length);
      const measured = ((await lossAt(step, index)) - (await lossAt(-step, index))) / (2 * step);
      expect(Math.abs(measured - slope), `${name}: measured ${measured}, computed ${slope}`).toBeLessThan(
        5e-3 * size + 2e-5,
      );
    }
    loss.dispose();
  });

  it('says that second gradients are not supported', () => {
    const x = tensor([1, 2, 3, 4], [1, 2, 2, 1]);
    const dy = tensor([1], [1, 1, 1, 1]);
    const twice = (): unknown =>
      engine().gradients(
        () =>
          ops.mean(
            ops.maxPool2dGradient(
              { dy, x, y: dy },
              { poolSize: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0], activation: 'linear' },
            ),
          ),
        [dy],
        undefined,
      );
    expect(twice).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: striate.MaxPool2dGradient: has no gradient. Gradients of gradients are not supported.]`,
    );
  });
});

/** Multiplies by constants through an op of ours, so that no stock gradient is needed. */
function weighted(y: Tensor, weights: Float32Array): Tensor {
  const columns = tensor(weights, [weights.length, 1]);
  const row = ops.matMul({ a: ops.reshape(y, [1, y.size]), b: columns });
  return tidy(() => ops.reshape(scaled(row, 1 / weights.length), []));
}

const scaled = (x: Tensor, factor: number): Tensor => ops.matMul({ a: x, b: mul(tensor([[1]]), factor) });
