import { engine, type Tensor } from '@tensorflow/tfjs-core';
import { ops, valueAndGradients } from '@striate/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { data, random, startTrials, type Trials } from '../../testing.ts';

let trials: Trials;
beforeAll(async () => {
  trials = await startTrials();
});
afterAll(() => trials.stop());

const run = (name: string, x: Tensor, attributes: object): Tensor =>
  engine().runKernel(name, { x }, attributes as never);

const cases: [number[], number[]][] = [
  [[5], [0]],
  [[1], [0]],
  [[700], [0]],
  [[40_000], [0]],
  [
    [3, 4, 5, 6],
    [1, 2],
  ],
  [
    [3, 4, 5, 6],
    [0, 1, 2],
  ],
  [
    [3, 4, 5, 6],
    [0, 2],
  ],
  [[3, 4, 5, 6], [3]],
  [
    [3, 4, 5, 6],
    [0, 1, 2, 3],
  ],
  [[3, 4, 5, 6], []],
  [[2, 1025], [1]],
  [[2050, 3], [0]],
  [[300, 130], [0]],
  [[300, 10], [1]],
];

test.each(['Sum', 'Max', 'Min', 'Mean'])('%s over any axes', async (name) => {
  for (const [shape, axes] of cases) {
    for (const keepDims of [false, true]) {
      await trials.compare({ x: random(shape) }, ({ x }) =>
        run(name, x, { axis: axes, reductionIndices: axes, keepDims }),
      );
    }
  }
});

test('of whole numbers and truth values', async () => {
  for (const [shape, axes] of cases) {
    await trials.compare({ x: random(shape, 'int32') }, ({ x }) => run('Sum', x, { axis: axes }), 0);
    await trials.compare({ x: random(shape, 'bool') }, ({ x }) => run('Sum', x, { axis: axes }), 0);
    await trials.compare({ x: random(shape, 'bool') }, ({ x }) => run('Any', x, { axis: axes }), 0);
    await trials.compare({ x: random(shape, 'bool') }, ({ x }) => run('All', x, { axis: axes }), 0);
  }
  await trials.compare({ x: random([4, 5]) }, ({ x }) => run('Prod', x, { axis: [1] }));
});

test('NaN and infinity are not lost', async () => {
  const values = [0, 1, NaN, 3, Infinity, 2, -Infinity, -Infinity];
  const x = data([4, 2], values);
  for (const name of ['Sum', 'Max', 'Min', 'Mean']) {
    await trials.compare({ x }, (inputs) => run(name, inputs.x, { axis: [1], reductionIndices: [1] }), 0);
  }
});

test('ArgMax is the first of the largest', async () => {
  const x = random([40, 300], 'int32', 50);
  await trials.compare({ x: data(x.shape, x.values) }, (inputs) => run('ArgMax', inputs.x, { axis: -1 }), 0);
});

test('mean and its gradient, a dispatch each, without an upload', async () => {
  const x = random([128, 9]);
  const compute = (inputs: { x: Tensor }): Tensor[] => {
    const { loss, gradients } = valueAndGradients((values) => ({ loss: ops.mean(values['x']!) }), inputs);
    return [loss, gradients['x']!];
  };
  await trials.compare({ x }, compute);
  const before = trials.backend.stats();
  await trials.run({ x }, compute);
  const after = trials.backend.stats();
  // One more fills the gradient of the loss by itself.
  expect(after.dispatches - before.dispatches).toBe(3);
  expect(after.uploads.count - before.uploads.count).toBe(1);
});

test('whole tensors of many numbers in two passes', async () => {
  const before = trials.backend.stats().dispatches;
  await trials.run({ x: random([40_000]) }, ({ x }) => run('Sum', x, { axis: [0] }));
  expect(trials.backend.stats().dispatches - before).toBe(2);
});
