import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sizeOf } from '@striate/core';
import { activation, activationGradient, softmax } from './activation.ts';
import {
  data,
  expectValues,
  random,
  startTrials,
  whole,
  type Data,
  type KernelTrials,
} from '../testing/kernel-trials.ts';
import { softmaxCrossEntropy, softmaxCrossEntropyGradient, topKCorrect } from './softmax-cross-entropy.ts';

let trials: KernelTrials;
beforeAll(async () => {
  trials = await startTrials();
});
afterAll(() => trials.stop());

const shapes = [
  [1, 1],
  [3, 2],
  [5, 7],
  [128, 10],
  [33, 1000],
  [0, 10],
  [3001, 9],
];

/** Softmax of each row in float64. */
function probabilities({ shape, values }: Data): Float64Array {
  const K = shape.at(-1)!;
  const result = new Float64Array(values.length);
  for (let row = 0; row < values.length; row += K) {
    const part = Array.from(values.subarray(row, row + K));
    const greatest = Math.max(...part);
    const terms = part.map((value) => Math.exp(value - greatest));
    const sum = terms.reduce((total, term) => total + term, 0);
    terms.forEach((term, k) => (result[row + k] = term / sum));
  }
  return result;
}

describe.each([...shapes, [7], [2, 3, 4, 5]].map((shape) => [shape]))('rows of %o', (shape) => {
  test.each([1, 30])('softmax and its logarithm with logits up to %d', (scale) => {
    const x = random(shape, 'float32', scale);
    const wanted = probabilities(x);
    expectValues(trials.run(activation, { x }, { kind: 'softmax' })[0]!.values, wanted, 1e-6);
    expectValues(trials.run(softmax, { logits: x }, { dim: -1 })[0]!.values, wanted, 1e-6);
    expectValues(trials.run(activation, { x }, { kind: 'logSoftmax' })[0]!.values, wanted.map(Math.log), 1e-6);
  });

  test('gradients', () => {
    const K = shape.at(-1)!;
    const [x, dy] = [random(shape), random(shape)];
    const p = probabilities(x);
    const sums = { plain: new Float64Array(sizeOf(shape) / K), weighted: new Float64Array(sizeOf(shape) / K) };
    p.forEach((probability, index) => {
      sums.plain[Math.floor(index / K)]! += dy.values[index]!;
      sums.weighted[Math.floor(index / K)]! += dy.values[index]! * probability;
    });
    const [ofSoftmax] = trials.run(activationGradient, { dy, y: data(shape, p) }, { kind: 'softmax' });
    const wanted = p.map((probability, i) => probability * (dy.values[i]! - sums.weighted[Math.floor(i / K)]!));
    expectValues([...ofSoftmax!.values, 1], [...wanted, 1], 1e-6);
    const [ofLog] = trials.run(activationGradient, { dy, y: data(shape, p.map(Math.log)) }, { kind: 'logSoftmax' });
    const wantedOfLog = p.map((probability, i) => dy.values[i]! - probability * sums.plain[Math.floor(i / K)]!);
    expectValues([...ofLog!.values, 1], [...wantedOfLog, 1], 2e-6);
  });
});

test('element-wise activations and their gradients', () => {
  const functions = {
    relu: [(x: number) => Math.max(0, x), (y: number) => Number(y > 0)],
    sigmoid: [(x: number) => 1 / (1 + Math.exp(-x)), (y: number) => y * (1 - y)],
    tanh: [Math.tanh, (y: number) => 1 - y * y],
  } as const;
  for (const [kind, [forward, derivative]] of Object.entries(functions)) {
    for (const shape of [[], [3], [40_001]]) {
      const [x, dy] = [random(shape, 'float32', 5), random(shape)];
      const [y] = trials.run(activation, { x }, { kind });
      expectValues(y!.values, Array.from(x.values, forward), 1e-6);
      const [dx] = trials.run(activationGradient, { dy, y }, { kind });
      const wanted = Array.from(dy.values, (value, i) => value * derivative(y!.values[i]!));
      expectValues([...dx!.values, 1], [...wanted, 1], 1e-6);
    }
  }
});

describe.each(shapes.map((shape) => [shape]))('cross-entropy of %o', (shape) => {
  const [rows, K] = shape as [number, number];

  test.each([
    [0, 'class numbers'],
    [0.1, 'class numbers'],
    [0, 'shares'],
    [0.2, 'shares'],
  ])('label smoothing %d, %s', (labelSmoothing, form) => {
    const logits = random(shape, 'float32', 10);
    const classes = Array.from({ length: rows }, () => whole(0, K - 1));
    // Shares need not sum to 1.
    const shares = random(shape).values.map(Math.abs);
    if (form === 'class numbers') shares.forEach((_, i) => (shares[i] = Number(classes[Math.floor(i / K)] === i % K)));
    const labels = form === 'class numbers' ? data([rows], classes, 'int32') : data(shape, shares);
    const targets = Float64Array.from(shares, (share) => share * (1 - labelSmoothing) + labelSmoothing / K);
    const p = probabilities(logits);
    const losses = new Float64Array(rows);
    const totals = new Float64Array(rows);
    targets.forEach((target, i) => {
      losses[Math.floor(i / K)]! -= target * Math.log(p[i]!);
      totals[Math.floor(i / K)]! += target;
    });
    const [got] = trials.run(softmaxCrossEntropy, { logits, labels }, { labelSmoothing });
    expectValues([...got!.values, 1], [...losses, 1], 1e-6);
    const dy = random([rows]);
    const [dLogits] = trials.run(softmaxCrossEntropyGradient, { dy, logits, labels }, { labelSmoothing });
    const wanted = targets.map((target, i) => {
      const row = Math.floor(i / K);
      return dy.values[row]! * (p[i]! * totals[row]! - target);
    });
    expectValues([...dLogits!.values, 1], [...wanted, 1], 2e-6);
  });

  test.each([1, 3, 5])('top %d', (k) => {
    // Few values, so that there are ties.
    const logits = data(shape, random(shape, 'int32', 4).values);
    const classes = Array.from({ length: rows }, () => whole(0, K - 1));
    let wanted = 0;
    for (const [row, label] of classes.entries()) {
      const part = Array.from(logits.values.subarray(row * K, (row + 1) * K));
      const order = part.map((_, place) => place).sort((a, b) => part[b]! - part[a]! || a - b);
      wanted += Number(order.indexOf(label) < k);
    }
    const [byNumber] = trials.run(topKCorrect, { logits, labels: data([rows], classes, 'int32') }, { k });
    expect(byNumber).toEqual(data([], [wanted]));
    const shares = Array.from({ length: rows * K }, (_, i) => Number(classes[Math.floor(i / K)] === i % K));
    const [byShare] = trials.run(topKCorrect, { logits, labels: data(shape, shares) }, { k });
    expect(byShare).toEqual(data([], [wanted]));
  });
});

test('large logits neither overflow nor lose the loss', () => {
  const logits = data([2, 3], [1000, 0, -1000, 0, 0, 0]);
  const labels = data([2], [1, 2], 'int32');
  const [losses] = trials.run(softmaxCrossEntropy, { logits, labels }, { labelSmoothing: 0 });
  expectValues(losses!.values, [1000, Math.log(3)], 1e-7);
});

test('a class number that does not exist gives a NaN loss and is never correct', () => {
  const logits = random([2, 3]);
  const labels = data([2], [3, -1], 'int32');
  const [losses] = trials.run(softmaxCrossEntropy, { logits, labels }, { labelSmoothing: 0 });
  expect([...losses!.values]).toEqual([NaN, NaN]);
  expect(trials.run(topKCorrect, { logits, labels }, { k: 3 })[0]!.values[0]).toBe(0);
});

test('a NaN logit is never correct', () => {
  const logits = data([1, 3], [NaN, 0, 0]);
  expect(trials.run(topKCorrect, { logits, labels: data([1], [0], 'int32') }, { k: 1 })[0]!.values[0]).toBe(0);
});
