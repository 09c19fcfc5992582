import { ops, streams, valueAndGradients, type Tensor } from '@striate/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { data, random, startTrials, whole, type Trials } from '../../testing.ts';

let trials: Trials;
beforeAll(async () => {
  trials = await startTrials();
});
afterAll(() => trials.stop());

test('dropBlockMask drops the same blocks everywhere', async () => {
  for (let trial = 0; trial < 4; trial++) {
    const blockSize = whole(1, 4);
    const shape = [whole(1, 3), whole(blockSize, 9), whole(blockSize, 9), whole(1, 5)];
    const source = {
      seed: whole(0, 2 ** 32 - 1),
      stream: streams.dropout,
      call: 3,
      step: whole(0, 1000),
      sampleOffset: 2 ** 31,
    };
    await trials.compare({}, () => ops.dropBlockMask({ shape, rate: 0.3, blockSize, ...source }), 1e-6);
  }
});

test('limitNorm brings norms into the range', async () => {
  for (const axes of [[0, 1, 2], [0], [3], [0, 2]]) {
    for (const limits of [
      { minimum: 0, maximum: 1.5 },
      { minimum: 2, maximum: Infinity },
    ]) {
      for (const rate of [1, 0.3]) {
        await trials.compare({ x: random([3, 3, 4, 8]) }, ({ x }) => ops.limitNorm(x, { axes, ...limits, rate }));
      }
    }
  }
  await trials.compare({ x: data([4], [0, 0, 0, 0]) }, ({ x }) =>
    ops.limitNorm(x, { axes: [0], minimum: 1, maximum: 2, rate: 1 }),
  );
});

test('weightNorm and its gradients', async () => {
  for (const shape of [
    [3, 3, 4, 8],
    [70, 5],
    [2, 1],
  ]) {
    const inputs = { v: random(shape), g: random([shape.at(-1)!]), weights: random(shape) };
    await trials.compare(inputs, ({ weights, ...parameters }) => {
      const { gradients } = valueAndGradients(
        (values) => ({ loss: ops.mean(ops.scaleBy(ops.weightNorm({ v: values['v']!, g: values['g']! }), weights)) }),
        parameters,
      );
      return [ops.weightNorm(parameters), ...Object.values(gradients)];
    });
  }
});

test('spectralNorm and its gradient', async () => {
  for (const iterations of [0, 1, 3]) {
    const inputs = { kernel: random([3, 2, 4, 7]), u: random([7]), v: random([24]), weights: random([3, 2, 4, 7]) };
    await trials.compare(
      inputs,
      ({ kernel, u, v, weights }) => {
        const normal = (given: Tensor): Tensor[] =>
          Object.values(ops.spectralNorm({ kernel: given, u, v }, { iterations, epsilon: 1e-12 }));
        const { gradients } = valueAndGradients(
          (values) => ({ loss: ops.mean(ops.scaleBy(normal(values['kernel']!)[0]!, weights)) }),
          { kernel },
        );
        return [...normal(kernel), gradients['kernel']!];
      },
      1e-4,
    );
  }
});

test('orthogonalPenalty and its gradient', async () => {
  for (const mode of ['rows', 'columns'] as const) {
    for (const shape of [
      [3, 3, 2, 6],
      [5, 9],
      [2, 2],
    ]) {
      await trials.compare(
        { x: random(shape) },
        ({ x }) => {
          const { loss, gradients } = valueAndGradients(
            (values) => ({ loss: ops.orthogonalPenalty(values['x']!, { mode, factor: 0.7 }) }),
            { x },
          );
          return [loss, gradients['x']!];
        },
        2e-5,
      );
    }
  }
});

test('none of it uploads a number', async () => {
  const before = trials.backend.stats().uploads.count;
  await trials.run({ x: random([3, 3, 4, 8]), g: random([8]) }, ({ x, g }) => [
    ops.limitNorm(x, { axes: [0, 1, 2], minimum: 0, maximum: 2, rate: 0.5 }),
    ops.weightNorm({ v: x, g }),
    ops.orthogonalPenalty(x, { mode: 'columns', factor: 1 }),
    ops.penalty(x, { l1: 1, l2: 1 }),
  ]);
  expect(trials.backend.stats().uploads.count - before).toBe(2);
});
