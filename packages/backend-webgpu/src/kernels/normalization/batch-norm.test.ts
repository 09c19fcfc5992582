import { grads, type Tensor } from '@tensorflow/tfjs-core';
import { ops } from '@striate/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { data, random, startTrials, type Data, type Trials } from '../../testing.ts';

let trials: Trials;
beforeAll(async () => {
  trials = await startTrials();
});
afterAll(() => trials.stop());

const epsilon = 1e-3;
const shapes = [
  [1, 1],
  [3, 3],
  [130, 10],
  [5, 130],
  [300, 64],
  [5, 17, 16, 16],
  [2, 30, 31, 3],
  [3000, 1],
];

/** Values around `center`. */
const around = (shape: readonly number[], center: number, deviation = 1): Data =>
  data(
    shape,
    random(shape).values.map((value) => value * Math.sqrt(3) * deviation + center),
  );

const affine = (channels: number): Record<'gamma' | 'beta', Data> => ({
  gamma: around([channels], 2),
  beta: random([channels]),
});

describe.each(shapes.map((shape) => [shape]))('x %o', (shape) => {
  const channels = shape.at(-1)!;

  test.each(['linear', 'relu'] as const)('training, %s', async (activation) => {
    const x = around(shape, 3);
    const parameters = affine(channels);
    await trials.compare({ x, ...parameters }, (inputs) => {
      const { y, mean, variance } = ops.batchNorm(inputs, { epsilon, activation });
      return [y, mean, variance];
    });
    await trials.compare(
      { x, ...parameters, residual: random(shape) },
      (inputs) => ops.batchNorm(inputs, { epsilon, activation }).y,
    );
  });

  test.each(['linear', 'relu'] as const)('inference, %s', async (activation) => {
    const moments = { mean: random([channels]), variance: around([channels], 2) };
    const inputs = { x: random(shape), ...affine(channels), ...moments };
    await trials.compare(inputs, (given) => ops.batchNormInference(given, { epsilon, activation }));
    await trials.compare({ ...inputs, residual: random(shape) }, (given) =>
      ops.batchNormInference(given, { epsilon, activation }),
    );
  });

  test.each(['linear', 'relu'] as const)('gradients, %s', async (activation) => {
    const moments = { mean: random([channels]), variance: around([channels], 2) };
    const inputs = { x: around(shape, 3), ...affine(channels), ...moments, dy: random(shape) };
    await trials.compare(
      inputs,
      ({ x, gamma, beta, dy }) =>
        grads(
          (first: Tensor, second: Tensor, third: Tensor) =>
            ops.batchNorm({ x: first, gamma: second, beta: third }, { epsilon, activation }).y,
        )([x, gamma, beta], dy),
      5e-5,
    );
    await trials.compare(
      { ...inputs, residual: random(shape) },
      ({ x, gamma, beta, residual, dy }) =>
        grads(
          (first: Tensor, second: Tensor, third: Tensor, fourth: Tensor) =>
            ops.batchNorm({ x: first, gamma: second, beta: third, residual: fourth }, { epsilon, activation }).y,
        )([x, gamma, beta, residual], dy),
      5e-5,
    );
    await trials.compare({ ...inputs, residual: random(shape) }, ({ x, gamma, beta, mean, variance, residual, dy }) =>
      grads((first: Tensor, second: Tensor, third: Tensor, fourth: Tensor) =>
        ops.batchNormInference(
          { x: first, gamma: second, beta: third, residual: fourth, mean, variance },
          { epsilon, activation },
        ),
      )([x, gamma, beta, residual], dy),
    );
  });
});

test('a large mean beside a small deviation', async () => {
  const x = around([4, 20, 20, 16], 100, 0.1);
  const [y, mean, variance] = await trials.run({ x, ...affine(16) }, ({ x: image, gamma, beta }) => {
    const result = ops.batchNorm({ x: image, gamma, beta }, { epsilon: 1e-5 });
    return [result.y, result.mean, result.variance];
  });
  for (let c = 0; c < 16; c++) {
    const values = Array.from(x.values).filter((_, index) => index % 16 === c);
    const center = values.reduce((sum, value) => sum + value, 0) / values.length;
    const spread = values.reduce((sum, value) => sum + (value - center) ** 2, 0) / values.length;
    expect(Math.abs(mean!.values[c]! - center)).toBeLessThan(1e-5);
    expect(Math.abs(variance!.values[c]! / spread - 1)).toBeLessThan(1e-5);
  }
  expect(y!.values.every(Number.isFinite)).toBe(true);
});

test('a constant channel has variance 0, also far from 0', async () => {
  const x = data(
    [50, 40, 2],
    Array.from({ length: 4000 }, (_, index) => (index % 2 ? 1000.1 : -3)),
  );
  const [y, mean, variance] = await trials.run({ x, ...affine(2), beta: data([2], [0.5, -0.5]) }, (inputs) => {
    const result = ops.batchNorm(inputs, { epsilon });
    return [result.y, result.mean, result.variance];
  });
  expect(mean!.values).toEqual(Float32Array.of(-3, 1000.1));
  expect(variance!.values).toEqual(Float32Array.of(0, 0));
  expect(y!.values.slice(0, 2)).toEqual(Float32Array.of(0.5, -0.5));
});

test('first rows that are unlike the others do not spoil the variance', async () => {
  const x = around([16, 16, 16, 4], 100);
  x.values.fill(0, 0, 8);
  const inputs = { x, ...affine(4) };
  await trials.compare(inputs, (given) => ops.batchNorm(given, { epsilon }).variance, 1e-4);
});

test('NaN shows', async () => {
  const x = random([5, 3]);
  x.values[7] = NaN;
  const [y, mean] = await trials.run({ x, ...affine(3) }, (inputs) => {
    const result = ops.batchNorm(inputs, { epsilon, activation: 'relu' });
    return [result.y, result.mean];
  });
  expect(mean!.values[1]).toBeNaN();
  expect(y!.values[1]).toBeNaN();
  expect(y!.values[0]).not.toBeNaN();
});

test('twice the same bits, in two dispatches each way', async () => {
  const inputs = { x: random([9, 17, 16, 16]), ...affine(16), dy: random([9, 17, 16, 16]) };
  const compute = ({ x, gamma, beta, dy }: Record<'x' | 'gamma' | 'beta' | 'dy', Tensor>): Tensor[] =>
    grads(
      (first: Tensor, second: Tensor, third: Tensor) =>
        ops.batchNorm({ x: first, gamma: second, beta: third }, { epsilon, activation: 'relu' }).y,
    )([x, gamma, beta], dy);
  const first = await trials.run(inputs, compute);
  const before = trials.backend.stats().dispatches;
  expect(await trials.run(inputs, compute)).toEqual(first);
  expect(trials.backend.stats().dispatches - before).toBe(4);
});
