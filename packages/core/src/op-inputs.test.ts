import { cast, complex, memory, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { OptionError } from './errors.ts';
import { valueAndGradients } from './gradients.ts';
import * as ops from './ops/index.ts';
import { cpu } from './testing.ts';
import { use } from './use.ts';

beforeAll(() => use(cpu()));

const window = { poolSize: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0] } as const;
const convolution = {
  strides: [1, 1],
  padding: [0, 0, 0, 0],
  dilations: [1, 1],
  groups: 1,
  activation: 'linear',
} as const;

/** Each with one tensor to be given wrong, by the name that errors say. */
const calls: [op: string, input: string, shape: number[], run: (x: Tensor) => Tensor][] = [
  ['conv2d', 'x', [1, 4, 4, 1], (x) => ops.conv2d({ x, kernel: ones([2, 2, 1, 1]) }, convolution)],
  ['conv2d', 'kernel', [2, 2, 1, 1], (kernel) => ops.conv2d({ x: ones([1, 4, 4, 1]), kernel }, convolution)],
  ['matMul', 'bias', [3], (bias) => ops.matMul({ a: ones([2, 2]), b: ones([2, 3]), bias })],
  ['maxPool2d', 'x', [1, 4, 4, 1], (x) => ops.maxPool2d(x, window)],
  ['activation', 'x', [2, 3], (x) => ops.activation(x, 'relu')],
  ['activation', 'x', [2, 3], (x) => ops.activation(x, 'linear')],
  ['reshape', 'x', [2, 3], (x) => ops.reshape(x, [6])],
  ['slice', 'x', [2, 3], (x) => ops.slice(x, { begin: [0, 0], size: [1, 3] })],
  ['transpose', 'x', [2, 3], (x) => ops.transpose(x, [1, 0])],
  ['concat', 'tensor 1', [2, 3], (x) => ops.concat([ones([2, 1]), x])],
  ['multiply', 'b', [2, 3], (x) => ops.multiply(ones([2, 3]), x)],
  ['maximum', 'a', [2, 3], (x) => ops.maximum(x, ones([2, 3]))],
  ['layerNorm', 'x', [2, 3], (x) => ops.layerNorm({ x, gamma: ones([3]), beta: ones([3]) }, { epsilon: 1e-5 })],
  ['softmaxCrossEntropy', 'logits', [2, 3], (x) => ops.softmaxCrossEntropy({ logits: x, labels: classes }, plainLoss)],
  ['mean', 'x', [2, 3], (x) => ops.mean(x)],
  ['rescale', 'x', [2, 3], (x) => ops.rescale(x, { scale: [2] })],
];
const plainLoss = { labelSmoothing: 0 };
let classes: Tensor;
beforeAll(() => {
  classes = tensor([0, 2], [2], 'int32');
});
const ones = (shape: number[]): Tensor => tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1), shape);
const counted = (shape: number[]): number[] => Array.from({ length: ones(shape).size }, (_, place) => (place % 5) - 1);

describe.each(calls)('%s takes for %s', (op, input, shape, run) => {
  test.each(['int32', 'bool'] as const)('%s, as the same numbers', async (dtype) => {
    const integers = tensor(dtype === 'bool' ? counted(shape).map((n) => Number(n > 0)) : counted(shape), shape, dtype);
    const [got, wanted] = [run(integers), run(cast(integers, 'float32'))];
    expect(got.dtype).toBe('float32');
    expect(await got.data()).toEqual(await wanted.data());
  });

  const gone = () => {
    const x = ones(shape);
    x.dispose();
    return x;
  };
  test.each<[string, () => unknown, RegExp]>([
    ['an array', () => new Float32Array(6), /is a Float32Array of 6 values, but must be a tensor/],
    ['nothing', () => undefined, /is undefined, but must be a tensor/],
    ['a disposed tensor', gone, /is disposed: its memory was given back/],
    ['complex numbers', () => complex(counted(shape), counted(shape)), /of complex64, but must be/],
    ['text', () => tensor(counted(shape).map(String), shape, 'string'), /of string, but must be/],
  ])('no %s', (kind, make, message) => {
    if (kind === 'nothing' && input === 'bias') return; // it may be left out
    const wrong = make() as Tensor;
    const before = memory().numTensors;
    const call = (): Tensor => tidy(() => run(wrong));
    expect(call).toThrow(OptionError);
    expect(call).toThrow(message);
    expect(call).toThrow(`${op}: ${input}`);
    expect(memory().numTensors).toBe(before);
  });
});

describe('inputs of ops', () => {
  it('keep class numbers, and refuse class numbers as fractions', () => {
    const logits = ones([2, 3]);
    expect(ops.softmaxCrossEntropy({ logits, labels: classes }, plainLoss).shape).toEqual([2]);
    const labels = cast(classes, 'float32');
    expect(() => ops.softmaxCrossEntropy({ logits, labels }, plainLoss)).toThrow('labels are float32 [2]');
    expect(() => ops.topKCorrect({ logits, labels }, { k: 1 })).toThrow('labels are float32 [2]');
  });

  it('let gradients through to what was converted', async () => {
    const w = tensor([1, 2, 3], [3], 'int32');
    const { gradients } = valueAndGradients(
      ({ w: given }) => ({ loss: ops.mean(ops.activation(given!, { type: 'leakyRelu', negativeSlope: 0.1 })) }),
      { w },
    );
    expect(gradients['w']!.dtype).toBe('float32');
    expect([...(await gradients['w']!.data())]).toEqual([1, 1, 1].map((one) => Math.fround(one / 3)));
  });

  it('leave nothing behind that was made of them', () => {
    const [x, kernel] = [cast(ones([1, 4, 4, 1]), 'int32'), ones([2, 2, 1, 1])];
    const before = memory().numTensors;
    ops.conv2d({ x, kernel }, convolution).dispose();
    expect(() => ops.conv2d({ x, kernel: ones([1]) }, convolution)).toThrow();
    expect(memory().numTensors).toBe(before + 1); // the kernel that does not fit
  });

  it('that are missing are told of', () => {
    const call = () => ops.conv2d({ x: ones([1, 4, 4, 1]) } as never, convolution);
    expect(call).toThrow(OptionError);
    expect(call).toThrow('conv2d: something is missing or of another kind: it got the inputs');
  });
});
