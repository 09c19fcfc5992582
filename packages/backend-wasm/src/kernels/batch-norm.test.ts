import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sizeOf } from '@striate/core';
import { batchNormGradient, batchNormInferenceGradient } from './batch-norm-gradient.ts';
import { batchNorm, batchNormInference } from './batch-norm.ts';
import { data, expectValues, random, startTrials, type Data, type KernelTrials } from '../testing/kernel-trials.ts';

let trials: KernelTrials;
beforeAll(async () => {
  trials = await startTrials();
});
afterAll(() => trials.stop());

const epsilon = 1e-3;
const shapes = [
  [1, 1],
  [2, 3],
  [7, 5],
  [130, 10],
  [4, 5, 6, 7],
  [3, 9, 9, 16],
  [2, 8, 8, 96],
  [20, 32, 32, 16],
  [5, 3, 3, 300],
  [9, 40, 41, 3],
];

interface Moments {
  mean: Float64Array;
  variance: Float64Array;
}

function momentsOf({ shape, values }: Data): Moments {
  const channels = shape.at(-1)!;
  const rows = values.length / channels;
  const [mean, variance] = [new Float64Array(channels), new Float64Array(channels)];
  values.forEach((value, index) => (mean[index % channels]! += value / rows));
  values.forEach((value, index) => (variance[index % channels]! += (value - mean[index % channels]!) ** 2 / rows));
  return { mean, variance };
}

/** Values around `center`. */
function around(shape: readonly number[], center: number): Data {
  return data(
    shape,
    random(shape).values.map((value) => value * Math.sqrt(3) + center),
  );
}

const parameters = (channels: number): Record<'gamma' | 'beta', Data> => ({
  gamma: random([channels]),
  beta: random([channels]),
});

describe.each(shapes.map((shape) => [shape]))('x %o', (shape) => {
  const channels = shape.at(-1)!;

  test.each([0, 100])('training, values around %d', (center) => {
    for (const activation of ['linear', 'relu']) {
      for (const residual of [undefined, random(shape)]) {
        // With few rows the deviation may be small against a mean of 100, which float32 holds to 4e-6 only.
        const x = around(shape, sizeOf(shape) < 100 * channels ? 0 : center);
        const { gamma, beta } = parameters(channels);
        const [y, mean, variance] = trials.run(batchNorm, { x, gamma, beta, residual }, { epsilon, activation });
        const wanted = momentsOf(x);
        expectValues([...mean!.values, 1], [...wanted.mean, 1], 1e-6);
        // Relative to each variance, not to the largest.
        wanted.variance.forEach((value, c) => expectValues([variance!.values[c]!], [value], value > 1e-3 ? 1e-5 : 1));
        expect(y!.shape).toEqual(shape);
        expectValues(y!.values, normalized(x, gamma, beta, wanted, residual, activation), 2e-5);
      }
    }
  });

  test('inference', () => {
    for (const activation of ['linear', 'relu']) {
      for (const residual of [undefined, random(shape)]) {
        const x = around(shape, 1);
        const { gamma, beta } = parameters(channels);
        const mean = random([channels]);
        const variance = data(
          [channels],
          random([channels]).values.map((value) => value + 1.5),
        );
        const moments = { mean: Float64Array.from(mean.values), variance: Float64Array.from(variance.values) };
        const [y] = trials.run(
          batchNormInference,
          { x, gamma, beta, mean, variance, residual },
          { epsilon, activation },
        );
        // Against 4, the size of the terms, which may cancel out.
        expectValues([...y!.values, 4], [...normalized(x, gamma, beta, moments, residual, activation), 4], 1e-6);
      }
    }
  });

  test.each([
    [batchNormGradient, true],
    [batchNormInferenceGradient, false],
  ])('gradients', (kernel, momentsDependOnX) => {
    for (const y of [undefined, random(shape)]) {
      for (const residual of [true, false]) {
        const x = around(shape, 3);
        const dy = random(shape);
        const { gamma } = parameters(channels);
        const moments = momentsOf(x);
        const mean = data([channels], moments.mean);
        const variance = data([channels], moments.variance);
        const outputs = trials.run(kernel, { dy, x, gamma, mean, variance, y }, { epsilon, residual });
        const wanted = gradients(dy, x, gamma, moments, y, momentsDependOnX);
        expect(outputs.map((output) => output.shape)).toEqual([
          shape,
          [channels],
          [channels],
          ...(residual ? [shape] : []),
        ]);
        const [dx, dGamma, dBeta, dResidual] = outputs;
        // Against 1 / deviation, the size of gradients before they cancel out, as they do with few rows.
        const size = Math.max(...moments.variance.map((value) => 1 / Math.sqrt(value + epsilon)));
        expectValues([...dx!.values, size], [...wanted.dx, size], 1e-5);
        const scale = sizeOf(shape) / channels; // sums of so many numbers
        expectValues([...dGamma!.values, scale], [...wanted.dGamma, scale], 1e-5);
        expectValues([...dBeta!.values, scale], [...wanted.dBeta, scale], 1e-5);
        if (residual) expectValues(dResidual!.values, wanted.dz, 0);
      }
    }
  });
});

function normalized(
  x: Data,
  gamma: Data,
  beta: Data,
  { mean, variance }: Moments,
  residual: Data | undefined,
  activation: string,
): Float64Array {
  const channels = gamma.values.length;
  return Float64Array.from(x.values, (value, index) => {
    const c = index % channels;
    const scaled = ((value - mean[c]!) / Math.sqrt(variance[c]! + epsilon)) * gamma.values[c]! + beta.values[c]!;
    const z = scaled + (residual?.values[index] ?? 0);
    return activation === 'relu' ? Math.max(0, z) : z;
  });
}

function gradients(
  dy: Data,
  x: Data,
  gamma: Data,
  { mean, variance }: Moments,
  y: Data | undefined,
  momentsDependOnX: boolean,
): Record<'dx' | 'dGamma' | 'dBeta' | 'dz', Float64Array> {
  const channels = gamma.values.length;
  const rows = x.values.length / channels;
  const dz = Float64Array.from(dy.values, (value, index) => (y && !(y.values[index]! > 0) ? 0 : value));
  const normal = Float64Array.from(x.values, (value, index) => {
    const c = index % channels;
    return (value - mean[c]!) / Math.sqrt(variance[c]! + epsilon);
  });
  const [dGamma, dBeta] = [new Float64Array(channels), new Float64Array(channels)];
  dz.forEach((value, index) => {
    dGamma[index % channels]! += value * normal[index]!;
    dBeta[index % channels]! += value;
  });
  const dx = dz.map((value, index) => {
    const c = index % channels;
    const correction = momentsDependOnX ? (dBeta[c]! + normal[index]! * dGamma[c]!) / rows : 0;
    return (value - correction) * (gamma.values[c]! / Math.sqrt(variance[c]! + epsilon));
  });
  return { dx, dGamma, dBeta, dz };
}

test('a constant channel has variance 0, also far from 0', () => {
  const x = data(
    [50, 40, 2],
    Float32Array.from({ length: 4000 }, (_, i) => (i % 2 ? 1000.1 : -3)),
  );
  const [y, mean, variance] = trials.run(
    batchNorm,
    { x, ...parameters(2), beta: data([2], [0.5, -0.5]) },
    { epsilon, activation: 'linear' },
  );
  expectValues(mean!.values, Float32Array.of(-3, 1000.1), 0);
  expectValues(variance!.values, [0, 0], 0);
  expectValues(y!.values.slice(0, 2), Float32Array.of(0.5, -0.5), 0);
});

test('first rows that are unlike the others do not spoil the variance', () => {
  const x = around([64, 32, 32, 4], 100);
  x.values.fill(0, 0, 64 * 4 * 2);
  const [, , variance] = trials.run(batchNorm, { x, ...parameters(4) }, { epsilon, activation: 'linear' });
  expectValues(variance!.values, momentsOf(x).variance, 1e-5);
});

test('NaN shows', () => {
  const x = random([5, 3]);
  x.values[7] = NaN;
  const [y, mean] = trials.run(batchNorm, { x, ...parameters(3) }, { epsilon, activation: 'relu' });
  expect(mean!.values[1]).toBeNaN();
  expect(y!.values[1]).toBeNaN();
  expect(y!.values[0]).not.toBeNaN();
});
