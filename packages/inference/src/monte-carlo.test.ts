import { dispose, memory, tensor, use } from '@striate/core';
import { wasm } from '@striate/backend-wasm';
import { batchNorm, dense, dropConnect, dropout, initialize, input, sequential, type Network } from '@striate/layers';
import { beforeAll, expect, test } from 'vitest';
import { monteCarlo } from './monte-carlo.ts';
import { predict } from './predict.ts';

beforeAll(async () => void (await use(wasm({ threads: 2 }))));

const inputs = Float32Array.from({ length: 5 * 4 }, (_, place) => Math.sin(place * 1.7));
const withDropout = (rate: number): Network => ({
  ...initialize(
    sequential([
      input([4]),
      dense({ units: 6, activation: 'relu' }),
      batchNorm(),
      dropout({ rate }),
      dense({ units: 3 }),
    ]),
    { seed: 2 },
  ),
  outputMeaning: 'classes',
});

test('mean and deviation are those of passes with different masks', async () => {
  const network = withDropout(0.5);
  const single = await Promise.all([1, 2, 3].map((samples) => monteCarlo(network, inputs, { samples, seed: 4 })));
  // Pass n is what n samples have beyond n - 1.
  const passes = single.map(({ mean }, place) =>
    mean.map((row, sample) =>
      row.map((value, k) => value * (place + 1) - (single[place - 1]?.mean[sample]![k] ?? 0) * place),
    ),
  );
  const [all] = single.slice(-1);
  for (const [sample, row] of all!.mean.entries()) {
    expect(row.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    for (const [k, mean] of row.entries()) {
      const values = passes.map((pass) => pass[sample]![k]!);
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3;
      expect(all!.deviation[sample]![k]).toBeCloseTo(Math.sqrt(variance), 4);
    }
  }
  expect(single[0]!.deviation.every((row) => row.every((value) => value === 0))).toBe(true);
  expect(passes[0]).not.toEqual(passes[1]);
  dispose(network.parameters, network.state);
});

test('equal seeds give equal numbers, whatever the batch size; other layers are in inference mode', async () => {
  const network = withDropout(0.5);
  const before = memory().numTensors;
  const first = await monteCarlo(network, inputs, { samples: 4, seed: 4 });
  expect(memory().numTensors).toBe(before);
  expect(await monteCarlo(network, inputs, { samples: 4, seed: 4, batchSize: 2 })).toEqual(first);
  const images = tensor(inputs, [5, 4]);
  expect(await monteCarlo(network, images, { samples: 4, seed: 4 })).toEqual(first);
  expect(await monteCarlo(network, inputs, { samples: 4, seed: 5 })).not.toEqual(first);
  // Batch norm in training mode would differ.
  const quiet = withDropout(0);
  const { mean, deviation } = await monteCarlo(quiet, inputs, { samples: 2 });
  const predicted = await predict(quiet, inputs);
  mean.forEach((row, sample) => row.forEach((value, k) => expect(value).toBeCloseTo(predicted[sample]![k]!, 6)));
  for (const row of deviation) expect(Math.max(...row)).toBeLessThan(1e-6);
  dispose(images, network.parameters, network.state, quiet.parameters, quiet.state);
});

test('the mean over many passes of a linear model is the prediction', async () => {
  const chain = sequential([input([4]), dropConnect(dense({ units: 2 }), { rate: 0.05 })]);
  const linear: Network = { ...initialize(chain, { seed: 2 }), outputMeaning: 'classes' };
  const { mean, deviation } = await monteCarlo(linear, inputs, { samples: 200, seed: 1 });
  const predicted = await predict(linear, inputs);
  // The softmax is nearly linear for so little noise.
  mean.forEach((row, sample) =>
    row.forEach((value, k) =>
      expect(Math.abs(value - predicted[sample]![k]!)).toBeLessThan(
        (5 * deviation[sample]![k]!) / Math.sqrt(200) + 0.01,
      ),
    ),
  );
  dispose(linear.parameters);
});

test('impossible requests are refused', async () => {
  const network = withDropout(0.5);
  const plain = initialize(sequential([input([4]), dense({ units: 2 })]), { seed: 2 });
  await expect(monteCarlo(plain, inputs)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[OptionError: monteCarlo: the model has no layer that draws random numbers, such as dropout, so that all passes would be equal. Use predict.]`,
  );
  await expect(monteCarlo(network, inputs, { samples: 0 })).rejects.toThrowErrorMatchingInlineSnapshot(
    `[OptionError: monteCarlo: samples is 0, but must be a whole number of at least 1.]`,
  );
  await expect(monteCarlo(network, inputs, { seed: -1 })).rejects.toThrowErrorMatchingInlineSnapshot(
    `[OptionError: monteCarlo: seed is -1, but must be an integer from 0 to 4294967295.]`,
  );
  dispose(network.parameters, network.state, plain.parameters);
});
