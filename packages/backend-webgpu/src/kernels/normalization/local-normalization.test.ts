import { grad, grads, type Tensor } from '@tensorflow/tfjs-core';
import { ops } from '@striate/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { data, random, startTrials, type Data, type Trials } from '../../testing.ts';

let trials: Trials;
beforeAll(async () => {
  trials = await startTrials();
});
afterAll(() => trials.stop());

const epsilon = 1e-5;
const around = (shape: readonly number[], center: number, deviation = 1): Data =>
  data(
    shape,
    random(shape).values.map((value) => value * Math.sqrt(3) * deviation + center),
  );

test.each([
  [[2, 5, 6, 4], 1],
  [[3, 4, 4, 6], 3],
  [[2, 9, 9, 16], 16],
  [[3, 5, 7, 24], 8],
  [[2, 6, 5, 64], 4],
  [[1, 20, 20, 3], 3],
  [[2, 40, 40, 12], 1],
  [[5, 3, 3, 130], 2],
  [[2, 3, 3, 130], 130],
  [[70, 40], 5],
] as const)('groups of %o: %i', async (shape, groups) => {
  const channels = shape.at(-1)!;
  const inputs = {
    x: around(shape, 3),
    gamma: around([channels], 2),
    beta: random([channels]),
    dy: random(shape),
  };
  const op = (x: Tensor, gamma: Tensor, beta: Tensor): Tensor =>
    ops.groupNorm({ x, gamma, beta }, { groups, epsilon: 1e-3 });
  await trials.compare(inputs, ({ x, gamma, beta }) => op(x, gamma, beta), 2e-5);
  await trials.compare(inputs, ({ x, gamma, beta, dy }) => grads(op)([x, gamma, beta], dy), 1e-4);
});

test.each([
  [[3, 4, 5, 16], 1],
  [[2, 3, 70], 1],
  [[2, 3, 7], 2],
  [[4, 3, 1, 4], 3],
  [[130, 64], 1],
] as const)('layers of %o, %i axes', async (shape, axes) => {
  const last = shape.slice(-axes);
  const inputs = { x: around(shape, 3), gamma: around(last, 2), beta: random(last), dy: random(shape) };
  const op = (x: Tensor, gamma: Tensor, beta: Tensor): Tensor => ops.layerNorm({ x, gamma, beta }, { epsilon: 1e-3 });
  await trials.compare(inputs, ({ x, gamma, beta }) => op(x, gamma, beta), 2e-5);
  await trials.compare(inputs, ({ x, gamma, beta, dy }) => grads(op)([x, gamma, beta], dy), 1e-4);
});

test('a large mean beside a small deviation', async () => {
  const x = around([2, 12, 12, 32], 100, 0.1);
  const one = data([32], new Float32Array(32).fill(1));
  const zero = data([32], new Float32Array(32));
  const [y] = await trials.run({ x, one, zero }, ({ x: image, one: gamma, zero: beta }) =>
    ops.groupNorm({ x: image, gamma, beta }, { groups: 1, epsilon }),
  );
  const own = Array.from(x.values.slice(0, 12 * 12 * 32));
  const center = own.reduce((sum, value) => sum + value, 0) / own.length;
  const spread = own.reduce((sum, value) => sum + (value - center) ** 2, 0) / own.length;
  own.forEach((value, index) => {
    expect(Math.abs(y!.values[index]! - (value - center) / Math.sqrt(spread + epsilon))).toBeLessThan(1e-4);
  });
});

test.each([
  [[2, 4, 5, 16], { size: 5, alpha: 1e-4, beta: 0.75, k: 2 }],
  [[3, 7], { size: 4, alpha: 0.5, beta: 0.6, k: 1 }],
  [[2, 3, 3, 1], { size: 3, alpha: 1, beta: 0.5, k: 1 }],
  [[2, 2, 130], { size: 6, alpha: 0.5, beta: 1, k: 2 }],
] as const)('neighbouring channels of %o: %o', async (shape, attributes) => {
  const op = (x: Tensor): Tensor => ops.localResponseNorm(x, attributes);
  await trials.compare({ x: random(shape), dy: random(shape) }, ({ x, dy }) => [op(x), grad(op)(x, dy)], 2e-5);
});

test.each([[[5, 2]], [[7, 3]], [[3, 3, 64]], [[2, 130]], [[300, 16]], [[2, 1500]]])(
  'unit vectors of %o',
  async (shape) => {
    const x = random(shape);
    x.values.fill(0, 0, shape.at(-1));
    const inputs = { x, dy: random(shape) };
    await trials.compare(inputs, ({ x: vectors }) => ops.unitNorm(vectors));
    const gradient = ({ x: vectors, dy }: Record<'x' | 'dy', Tensor>): Tensor => grad(ops.unitNorm)(vectors, dy);
    x.values.set(random([shape.at(-1)!]).values);
    await trials.compare(inputs, gradient);
  },
);
