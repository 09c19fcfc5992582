import { grad, type Tensor } from '@tensorflow/tfjs-core';
import { ops, sizeOf, type Padding, type Pair } from '@striate/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { data, random, startTrials, whole, type Data, type Trials } from '../../testing.ts';
import { pooledShape } from './windows.ts';

let trials: Trials;
beforeAll(async () => {
  trials = await startTrials();
});
afterAll(() => trials.stop());

type Case = { shape: readonly number[]; poolSize: Pair; strides: Pair; padding: Padding };

const cases: Case[] = [
  { shape: [3, 8, 8, 32], poolSize: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0] },
  { shape: [2, 11, 13, 5], poolSize: [2, 2], strides: [2, 2], padding: [0, 1, 0, 1] },
  { shape: [2, 14, 15, 8], poolSize: [3, 3], strides: [2, 2], padding: [1, 1, 1, 1] },
  { shape: [2, 9, 10, 3], poolSize: [2, 1], strides: [3, 2], padding: [0, 0, 0, 0] },
  { shape: [1, 6, 6, 130], poolSize: [3, 2], strides: [1, 1], padding: [1, 1, 1, 0] },
  { shape: [1, 1, 1, 1], poolSize: [1, 1], strides: [1, 1], padding: [0, 0, 0, 0] },
  { shape: [4, 7, 7, 16], poolSize: [7, 7], strides: [7, 7], padding: [0, 0, 0, 0] },
  ...Array.from({ length: 3 }, (): Case => {
    const poolSize = [whole(1, 4), whole(1, 4)] as const;
    const side = (axis: 0 | 1): number => whole(0, poolSize[axis] - 1);
    return {
      shape: [whole(1, 3), whole(4, 12), whole(4, 12), whole(1, 9)],
      poolSize,
      strides: [whole(1, 4), whole(1, 4)],
      padding: [side(0), side(0), side(1), side(1)],
    };
  }),
];

/** Few different values, so that equal ones meet in a window. */
const withTies = (shape: readonly number[]): Data =>
  data(
    shape,
    random(shape, 'int32', 3).values.map((value) => value / 2),
  );

/** What an op of x gives, and its gradient. */
const withGradient =
  (op: (x: Tensor) => Tensor) =>
  ({ x, dy }: Record<'x' | 'dy', Tensor>): Tensor[] => [op(x), grad(op)(x, dy)];

describe.each(cases)('%o', ({ shape, ...geometry }) => {
  const pooled = pooledShape(shape, geometry);
  const dy = random(pooled);

  test.each(['linear', 'relu'] as const)('maxima, %s', async (activation) => {
    await trials.compare(
      { x: withTies(shape), dy },
      withGradient((x) => ops.maxPool2d(x, { ...geometry, activation })),
      1e-6,
    );
  });

  test('means', async () => {
    const inputs = { x: random(shape), dy };
    for (const counting of [{ countPadding: true }, { countPadding: false }, { countPadding: true, divisor: 3 }]) {
      await trials.compare(
        inputs,
        withGradient((x) => ops.averagePool2d(x, { ...geometry, ...counting })),
      );
    }
  });

  test('drawn pixels', async () => {
    const source = { seed: whole(0, 1e9), stream: 2, call: 1, step: 7, sampleOffset: whole(0, 9) };
    await trials.compare(
      { x: random(shape), dy },
      withGradient((x) => ops.stochasticPool2d(x, { ...geometry, ...source })),
      1e-6,
    );
  });

  test('expected values of drawn pixels', async () => {
    await trials.compare(
      { x: random(shape), dy },
      withGradient((x) => ops.probabilityPool2d(x, geometry)),
    );
  });
});

test('means where ceilMode made room at the end', async () => {
  const geometry = { poolSize: [3, 3], strides: [2, 2], padding: [1, 2, 1, 1] } as const;
  const dy = random([2, 4, 3, 6]);
  for (const countPadding of [true, false]) {
    await trials.compare(
      { x: random([2, 6, 5, 6]), dy },
      withGradient((x) => ops.averagePool2d(x, { ...geometry, countPadding, overhang: [1, 0] })),
    );
  }
});

test('negative padding cuts off', async () => {
  const geometry = { poolSize: [2, 2], strides: [1, 2], padding: [-1, 0, -2, -1] } as const;
  const x = random([2, 6, 9, 4]);
  await trials.compare({ x }, ({ x: image }) => ops.maxPool2d(image, geometry));
  await trials.compare({ x }, ({ x: image }) => ops.averagePool2d(image, { ...geometry, countPadding: false }));
});

test.each([
  { shape: [2, 7, 5, 4], outputSize: [3, 2] },
  { shape: [1, 3, 4, 3], outputSize: [5, 4] },
  { shape: [2, 6, 6, 16], outputSize: [1, 1] },
  { shape: [2, whole(1, 9), whole(1, 9), 1], outputSize: [whole(1, 9), whole(1, 9)] },
] as const)('adaptive windows: %o', async ({ shape, outputSize }) => {
  const inputs = { x: random(shape), dy: random([shape[0], ...outputSize, shape[3]]) };
  await trials.compare(
    inputs,
    withGradient((x) => ops.adaptiveAveragePool2d(x, { outputSize })),
  );
  await trials.compare(
    inputs,
    withGradient((x) => ops.adaptiveMaxPool2d(x, { outputSize })),
  );
});

test.each([[[1, 1, 1, 1]], [[3, 7, 5, 9]], [[5, 8, 8, 64]], [[2, 30, 30, 12]], [[2, 3, 3, 130]], [[600, 1, 2, 1]]])(
  'means of whole images %o',
  async (shape) => {
    await trials.compare(
      { x: random(shape), dy: random([shape[0]!, shape[3]!]) },
      withGradient(ops.globalAveragePool2d),
    );
  },
);

test.each(['nearest', 'bilinear'] as const)('other sizes, %s', async (interpolation) => {
  const sizes = [
    [1, 4, 5, 3, 8, 10],
    [2, 3, 7, 4, 9, 2],
    [2, 1, 1, 1, 5, 4],
    [2, 9, 8, 16, 2, 3],
    [1, 3, 3, 2, 3, 3],
    [1, whole(1, 9), whole(1, 9), 8, whole(1, 20), whole(1, 20)],
  ] as const;
  for (const [batch, height, width, channels, ...size] of sizes) {
    await trials.compare(
      { x: random([batch, height, width, channels]), dy: random([batch, ...size, channels]) },
      withGradient((x) => ops.resize2d(x, { size, interpolation })),
    );
  }
});

test('a NaN shows in the pooled image', async () => {
  const geometry = { poolSize: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0] } as const;
  for (let place = 0; place < 4; place++) {
    const x = random([1, 2, 2, 1]);
    x.values[place] = NaN;
    for (const activation of ['linear', 'relu'] as const) {
      const [y] = await trials.run({ x }, ({ x: image }) => ops.maxPool2d(image, { ...geometry, activation }));
      expect(y!.values[0]).toBeNaN();
    }
  }
});

test('empty batches', async () => {
  const geometry = { poolSize: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0] } as const;
  const shapes = await trials.run({ x: random([0, 4, 4, 8]) }, ({ x }) => [
    ops.maxPool2d(x, geometry),
    ops.averagePool2d(x, { ...geometry, countPadding: true }),
    ops.globalAveragePool2d(x),
    ops.resize2d(x, { size: [2, 3], interpolation: 'nearest' }),
  ]);
  expect(shapes.map(({ shape }) => sizeOf(shape))).toEqual([0, 0, 0, 0]);
});
