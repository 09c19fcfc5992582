import { afterAll, beforeAll, expect, test } from 'vitest';
import { sizeOf, type ops } from '@striate/core';
import {
  averagePool2d,
  averagePool2dGradient,
  globalAveragePool2d,
  globalAveragePool2dGradient,
} from './average-pool2d.ts';
import {
  data,
  expectValues,
  random,
  startTrials,
  whole,
  type Data,
  type KernelTrials,
} from '../testing/kernel-trials.ts';
import { maxPool2d, maxPool2dGradient } from './max-pool2d.ts';
import { outputShapeOf } from './pool-window.ts';

let trials: KernelTrials;
beforeAll(async () => {
  trials = await startTrials();
});
afterAll(() => trials.stop());

type Case = ops.PoolGeometry & { shape: readonly number[] };

const cases: Case[] = [
  { shape: [3, 26, 26, 32], poolSize: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0] },
  { shape: [2, 11, 13, 5], poolSize: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0] },
  { shape: [2, 11, 13, 8], poolSize: [2, 2], strides: [2, 2], padding: [0, 1, 0, 1] },
  { shape: [2, 14, 15, 6], poolSize: [3, 3], strides: [2, 2], padding: [1, 1, 1, 1] },
  { shape: [2, 9, 9, 1], poolSize: [3, 3], strides: [3, 3], padding: [1, 2, 0, 1] },
  { shape: [2, 9, 10, 3], poolSize: [2, 1], strides: [3, 2], padding: [0, 0, 0, 0] },
  { shape: [2, 9, 10, 4], poolSize: [2, 2], strides: [3, 2], padding: [0, 0, 0, 0] },
  { shape: [1, 6, 6, 7], poolSize: [3, 2], strides: [1, 1], padding: [1, 1, 1, 0] },
  { shape: [1, 1, 1, 1], poolSize: [1, 1], strides: [1, 1], padding: [0, 0, 0, 0] },
  { shape: [4, 7, 7, 64], poolSize: [7, 7], strides: [7, 7], padding: [0, 0, 0, 0] },
  ...Array.from({ length: 10 }, (): Case => {
    const poolSize = [whole(1, 4), whole(1, 4)] as const;
    return {
      shape: [whole(1, 3), whole(4, 12), whole(4, 12), whole(1, 9)],
      poolSize,
      strides: [whole(1, 4), whole(1, 4)],
      padding: [
        whole(0, poolSize[0] - 1),
        whole(0, poolSize[0] - 1),
        whole(0, poolSize[1] - 1),
        whole(0, poolSize[1] - 1),
      ],
    };
  }),
];

/** Calls back for each number of the output with the places in x of its window, row by row. */
function windows({ shape, poolSize, strides, padding }: Case, each: (output: number, places: number[]) => void): void {
  const [, height, width, channels] = shape as [number, number, number, number];
  const output = outputShapeOf(shape, { poolSize, strides, padding });
  for (let place = 0; place < sizeOf(output); place++) {
    const channel = place % channels;
    const column = Math.floor(place / channels) % output[2]!;
    const row = Math.floor(place / channels / output[2]!) % output[1]!;
    const image = Math.floor(place / sizeOf(output.slice(1)));
    const places: number[] = [];
    for (let i = 0; i < poolSize[0]; i++) {
      for (let j = 0; j < poolSize[1]; j++) {
        const [y, x] = [row * strides[0] - padding[0] + i, column * strides[1] - padding[2] + j];
        if (y < 0 || y >= height || x < 0 || x >= width) continue;
        places.push(((image * height + y) * width + x) * channels + channel);
      }
    }
    each(place, places);
  }
}

/** Few different values, so that equal ones meet in a window. */
function withTies(shape: readonly number[]): Data {
  return data(
    shape,
    random(shape, 'int32', 4).values.map((value) => value / 2),
  );
}

test.each(cases)('greatest of each window and its gradient: %o', (geometry) => {
  const x = withTies(geometry.shape);
  const output = outputShapeOf(geometry.shape, geometry);
  const dy = random(output);
  for (const activation of ['linear', 'relu']) {
    const wanted = new Float32Array(sizeOf(output));
    const gradient = new Float32Array(x.values.length);
    windows(geometry, (place, places) => {
      const greatest = Math.max(...places.map((index) => x.values[index]!));
      wanted[place] = activation === 'relu' ? Math.max(0, greatest) : greatest;
      if (activation === 'relu' && greatest <= 0) return;
      const first = places.find((index) => x.values[index] === greatest);
      if (first !== undefined) gradient[first]! += dy.values[place]!;
    });
    const [y] = trials.run(maxPool2d, { x }, { ...geometry, activation });
    expect(y!.shape).toEqual(output);
    expectValues(y!.values, wanted, 0);
    const [dx] = trials.run(maxPool2dGradient, { dy, x, y }, { ...geometry, activation });
    expect(dx!.shape).toEqual(x.shape);
    expectValues(dx!.values, gradient, 1e-6);
  }
});

test('a NaN shows in the pooled image', () => {
  for (let place = 0; place < 4; place++) {
    const x = random([1, 2, 2, 1]);
    x.values[place] = NaN;
    for (const activation of ['linear', 'relu']) {
      const attributes = { poolSize: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0], activation };
      expect(trials.run(maxPool2d, { x }, attributes)[0]!.values[0]).toBeNaN();
    }
  }
});

test.each(cases)('average of each window and its gradient: %o', (geometry) => {
  const x = random(geometry.shape);
  const output = outputShapeOf(geometry.shape, geometry);
  const dy = random(output);
  for (const countPadding of [true, false]) {
    const wanted = new Float64Array(sizeOf(output));
    const gradient = new Float64Array(x.values.length);
    windows(geometry, (place, places) => {
      const share = 1 / (countPadding ? geometry.poolSize[0] * geometry.poolSize[1] : places.length);
      for (const index of places) {
        wanted[place]! += x.values[index]! * share;
        gradient[index]! += dy.values[place]! * share;
      }
    });
    // A window that lies in the padding has no mean.
    if (!wanted.every(Number.isFinite)) continue;
    expectValues(trials.run(averagePool2d, { x }, { ...geometry, countPadding })[0]!.values, wanted, 1e-6);
    const attributes = { ...geometry, countPadding, inputShape: geometry.shape };
    expectValues(trials.run(averagePool2dGradient, { dy }, attributes)[0]!.values, gradient, 1e-6);
  }
});

test.each([[[1, 1, 1, 1]], [[3, 7, 5, 9]], [[5, 8, 8, 64]], [[129, 8, 8, 12]], [[2, 3, 3, 3]]])(
  'mean of whole images %o',
  (shape) => {
    const [batch, height, width, channels] = shape as [number, number, number, number];
    const x = random(shape);
    const wanted = new Float64Array(batch * channels);
    x.values.forEach((value, index) => {
      const image = Math.floor(index / (height * width * channels));
      wanted[image * channels + (index % channels)]! += value / (height * width);
    });
    const [y] = trials.run(globalAveragePool2d, { x });
    expect(y!.shape).toEqual([batch, channels]);
    expectValues(y!.values, wanted, 1e-6);
    const dy = random([batch, channels]);
    const [dx] = trials.run(globalAveragePool2dGradient, { dy }, { inputShape: shape });
    const gradient = x.values.map(
      (_, index) =>
        dy.values[Math.floor(index / (height * width * channels)) * channels + (index % channels)]! / (height * width),
    );
    expect(dx!.shape).toEqual(shape);
    expectValues(dx!.values, gradient, 1e-6);
  },
);
