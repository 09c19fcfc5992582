import { engine, type Tensor } from '@tensorflow/tfjs-core';
import { ops } from '@striate/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { data, random, startTrials, whole, type Data, type Trials } from '../../testing.ts';
import { binaryKernels } from './binary.ts';
import { unaryKernels } from './unary.ts';

let trials: Trials;
beforeAll(async () => {
  trials = await startTrials();
});
afterAll(() => trials.stop());

const shapes = [[], [0], [1], [3], [4], [7, 5], [2, 3, 4, 5], [4099]];
const special = [0, 1, -1, 0.5, 1.5, 2.5, -0.5, -1.5, NaN, Infinity, -Infinity, 3e38, -3e38, 1e-30, 100, -100, 20, -20];
const run = (name: string, inputs: Record<string, Tensor>, attributes = {}): Tensor =>
  engine().runKernel(name, inputs, attributes);
const named = (list: readonly { name: string }[]): string[] => list.map(({ name }) => name);

describe('one tensor', () => {
  const attributes: Record<string, object> = {
    Step: { alpha: 0.25 },
    ClipByValue: { clipValueMin: -0.5, clipValueMax: 0.25 },
    LeakyRelu: { alpha: 0.1 },
  };
  const positive = new Set(['Log', 'Sqrt', 'Rsqrt']);

  test.each(named(unaryKernels))('%s is what the stock kernel gives', async (name) => {
    for (const shape of shapes) {
      const x = random(shape, 'float32', 3);
      if (positive.has(name)) x.values.set(x.values.map((value) => Math.abs(value) + 0.01));
      await trials.compare({ x }, (inputs) => run(name, inputs, attributes[name]));
    }
  });

  test.each(named(unaryKernels).filter((name) => name !== 'Square'))('%s of special numbers', async (name) => {
    for (const value of special) {
      await trials.compare({ x: data([2], [value, 1]) }, (inputs) => run(name, inputs, attributes[name]));
    }
  });
});

describe('two tensors', () => {
  const pairs: [number[], number[]][] = [
    [[0], [0]],
    [
      [4, 3],
      [4, 3],
    ],
    [[2, 3, 4, 5], [5]],
    [[2, 3, 4, 5], []],
    [[], [7]],
    [
      [2, 1, 4, 1],
      [3, 1, 5],
    ],
    [
      [2, 5, 4, 3],
      [2, 1, 1, 3],
    ],
    [[4097], [1]],
  ];
  const stock = named(binaryKernels).filter((name) => !name.startsWith('striate.') && name !== 'LogicalNot');

  test.each(stock)('%s is what the stock kernel gives', async (name) => {
    const types = name.startsWith('Logical') ? ['bool' as const] : ['float32' as const, 'int32' as const];
    for (const dtype of types) {
      if (name === 'RealDiv' && dtype === 'int32') continue;
      for (const [a, b] of pairs) {
        // Whole numbers meet now and then.
        const numbers = (shape: number[]): Data => ({
          ...random(shape, dtype === 'bool' ? 'bool' : 'int32', 3),
          dtype,
        });
        const [left, right] = [numbers(a), numbers(b)].map(({ shape, values }) => data(shape, values, dtype));
        if (name === 'RealDiv') right!.values.set(right!.values.map((value) => value + 3.5));
        await trials.compare({ a: left!, b: right! }, (inputs) => run(name, inputs));
      }
    }
  });

  test.each(['Maximum', 'Minimum', 'Greater', 'GreaterEqual', 'Less', 'LessEqual', 'Equal', 'NotEqual'])(
    '%s of special numbers',
    async (name) => {
      const a = data([special.length, 1], special);
      await trials.compare({ a, b: data([special.length], special) }, (inputs) => run(name, inputs));
    },
  );
});

test.each(['float32', 'int32', 'bool'] as const)('casts from %s convert', async (from) => {
  for (const to of ['float32', 'int32', 'bool']) {
    for (const shape of [[0], [], [5, 3]]) {
      await trials.compare(
        { x: random(shape, from, from === 'float32' ? 1.9 : 1) },
        ({ x }) => run('Cast', { x }, { dtype: to }),
        0,
      );
    }
  }
});

test('fills with any number', async () => {
  for (const value of [0, 1, -2.5, NaN, Infinity, -Infinity]) {
    await trials.compare({}, () => run('Fill', {}, { shape: [3, 3], value, dtype: 'float32' }), 0);
  }
  await trials.compare({}, () => run('Fill', {}, { shape: [5], value: -7, dtype: 'int32' }), 0);
  await trials.compare({ x: random([3], 'int32') }, ({ x }) => run('OnesLike', { x: x }), 0);
});

test('rescale, one number or one a channel', async () => {
  for (const channels of [1, 3, 61]) {
    const [scale, offset] = [Array.from(random([channels]).values), Array.from(random([channels]).values)];
    const x = random([2, 5, channels]);
    await trials.compare({ x }, (inputs) => ops.rescale(inputs.x, { scale, offset }));
    await trials.compare({ x }, (inputs) => ops.rescale(inputs.x, { scale: [0.5], offset }));
    await trials.compare({ x }, (inputs) => ops.rescale(inputs.x, { scale: [0.5] }));
  }
});

test('scaleBy and multiply by factors of some axes', async () => {
  const [n, h, w, c] = [whole(1, 3), whole(1, 5), whole(1, 5), whole(1, 7)] as const;
  const x = random([n, h, w, c]);
  for (const shape of [
    [n, 1, 1, c],
    [1, 1, 1, 1],
    [n, h, w, 1],
    [1, h, 1, c],
    [n, h, w, c],
  ]) {
    await trials.compare({ x, factors: random(shape) }, (inputs) => ops.scaleBy(inputs.x, inputs.factors));
  }
  await trials.compare({ x, gate: random([n, c]) }, (inputs) => ops.multiply(inputs.x, inputs.gate));
});

test('a dispatch an op, whatever the shape', async () => {
  const before = trials.backend.stats().dispatches;
  await trials.run({ a: random([70_000, 5]), b: random([5]) }, ({ a, b }) => run('Add', { a, b }));
  expect(trials.backend.stats().dispatches - before).toBe(1);
});
