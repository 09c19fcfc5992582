// Local response normalisation, adaptive and stochastic pooling: naive loops in float64, and the same bits on any threads.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adaptiveAveragePool2d, adaptiveMaxPool2d, adaptiveMaxPool2dGradient } from './adaptive-pool2d.ts';
import { data, expectValues, random, startTrials, whole, type KernelTrials } from '../testing/kernel-trials.ts';
import { localResponseNorm, localResponseNormGradient } from './local-response-norm.ts';
import { movingAverage } from './moving-average.ts';
import { stochasticPool2d, stochasticPool2dGradient } from './stochastic-pool2d.ts';

let trials: KernelTrials;
beforeAll(async () => {
  trials = await startTrials();
});
afterAll(() => trials.stop());

describe.each([[[1, 1]], [[3, 5, 7]], [[2, 9, 9, 96]], [[40, 33, 10]]])('localResponseNorm of %o', (shape) => {
  test.each([0.5, 0.75, 1, 0.7])('exponent %d', (beta) => {
    const channels = shape.at(-1)!;
    const [size, alpha, k] = [whole(1, 6), 0.3, 1.5];
    const [x, dy] = [random(shape), random(shape)];
    const neighbours = (index: number): number[] => {
      const channel = index % channels;
      const first = Math.max(0, channel - Math.floor(size / 2));
      const last = Math.min(channels - 1, channel + size - 1 - Math.floor(size / 2));
      return Array.from({ length: last - first + 1 }, (_, offset) => index - channel + first + offset);
    };
    const base = Array.from(
      x.values,
      (_, index) => k + alpha * neighbours(index).reduce((sum, place) => sum + x.values[place]! ** 2, 0),
    );
    const [y] = trials.run(localResponseNorm, { x }, { size, alpha, beta, k });
    expectValues(
      y!.values,
      base.map((value, index) => x.values[index]! * value ** -beta),
      1e-6,
    );
    const [dx] = trials.run(localResponseNormGradient, { dy, x }, { size, alpha, beta, k });
    const wanted = base.map((value, index) => dy.values[index]! * value ** -beta);
    for (const [index, value] of base.entries()) {
      const factor = -2 * alpha * beta * dy.values[index]! * x.values[index]! * value ** (-beta - 1);
      for (const place of neighbours(index)) wanted[place]! += factor * x.values[place]!;
    }
    expectValues(dx!.values, wanted, 2e-6);
  });
});

describe.each([
  [
    [2, 7, 5, 6],
    [3, 2],
  ],
  [
    [3, 12, 12, 33],
    [4, 6],
  ],
  [
    [1, 2, 3, 4],
    [5, 3],
  ],
])('adaptive pooling of %o to %o', (shape, outputSize) => {
  test('windows go from floor(i H / n) to ceil((i + 1) H / n)', () => {
    const [batch, height, width, channels] = shape as [number, number, number, number];
    const [rows, columns] = outputSize as [number, number];
    const [x, dy] = [random(shape), random([batch, rows, columns, channels])];
    const [average] = trials.run(adaptiveAveragePool2d, { x }, { outputSize });
    const [largest] = trials.run(adaptiveMaxPool2d, { x }, { outputSize });
    const [dx] = trials.run(adaptiveMaxPool2dGradient, { dy, x, y: largest! }, { outputSize });
    const [means, maxima] = [[] as number[], [] as number[]];
    const wanted = new Float64Array(x.values.length);
    for (let place = 0; place < dy.values.length; place++) {
      const [n, i, j, c] = [
        Math.floor(place / (rows * columns * channels)),
        Math.floor(place / (columns * channels)) % rows,
        Math.floor(place / channels) % columns,
        place % channels,
      ];
      const window: number[] = [];
      for (let u = Math.floor((i * height) / rows); u < Math.ceil(((i + 1) * height) / rows); u++)
        for (let v = Math.floor((j * width) / columns); v < Math.ceil(((j + 1) * width) / columns); v++)
          window.push(((n * height + u) * width + v) * channels + c);
      const values = window.map((index) => x.values[index]!);
      means.push(values.reduce((sum, value) => sum + value, 0) / values.length);
      maxima.push(Math.max(...values));
      wanted[window[values.indexOf(maxima.at(-1)!)]!]! += dy.values[place]!;
    }
    expectValues(average!.values, means, 1e-6);
    expectValues(largest!.values, maxima, 0);
    expectValues(dx!.values, wanted, 1e-6);
  });
});

test.each([[[3, 9, 8, 5]], [[2, 16, 16, 32]]])('stochastic pooling of %o draws the same with any threads', (shape) => {
  const x = random(shape);
  const attributes = {
    poolSize: [3, 2],
    strides: [2, 1],
    padding: [1, 0, 0, 1],
    seed: whole(0, 1e9),
    stream: 2,
    call: 1,
    step: 7,
    sampleOffset: 0,
  };
  const [y] = trials.run(stochasticPool2d, { x }, attributes);
  const known = new Set([0, ...x.values]);
  expect(y!.values.every((value) => known.has(value))).toBe(true);
  const dy = data(
    y!.shape,
    Array.from(y!.values, () => 1),
  );
  const [dx] = trials.run(stochasticPool2dGradient, { dy, x }, attributes);
  // Each positive output gave its gradient to one pixel, which has its value.
  const total = Array.from(x.values).reduce((sum, value, index) => sum + value * dx!.values[index]!, 0);
  expectValues([total], [Array.from(y!.values).reduce((sum, value) => sum + value, 0)], 1e-5);
});

test('movingAverage', () => {
  const [average0, value0, average1, value1] = [random([5]), random([5]), random([40_001]), random([40_001])];
  const outputs = trials.run(
    movingAverage,
    { average0, average1, value0, value1 },
    { momentum: 0.9, corrections: [1, 1.5], count: 2 },
  );
  const wanted = (average: typeof average0, value: typeof average0, weight: number): number[] =>
    Array.from(average.values, (old, index) => old * 0.9 + value.values[index]! * weight);
  expectValues(outputs[0]!.values, wanted(average0, value0, 0.1), 1e-6);
  expectValues(outputs[1]!.values, wanted(average1, value1, 0.15), 1e-6);
});
