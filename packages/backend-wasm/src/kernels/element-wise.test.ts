import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Kernel } from '../kernel.ts';
import { binaryKernels } from './binary.ts';
import { concatKernels } from './concat.ts';
import {
  data,
  expectSame,
  expectValues,
  random,
  runStock,
  startTrials,
  uniform,
  whole,
  type KernelTrials,
} from '../testing/kernel-trials.ts';
import { unaryKernels } from './unary.ts';

let trials: KernelTrials;
beforeAll(async () => {
  trials = await startTrials();
});
afterAll(() => trials.stop());

const named = (list: readonly Kernel[]): [string, Kernel][] => list.map((kernel) => [kernel.name, kernel]);
const shapes = [[], [0], [1], [3], [4], [7, 5], [2, 3, 4, 5], [40_001]];
const attributes: Record<string, object> = {
  Step: { alpha: 0.25 },
  ClipByValue: { clipValueMin: -0.5, clipValueMax: 0.25 },
  LeakyRelu: { alpha: 0.1 },
};
const special = [0, -0, 1, -1, 0.5, 1.5, 2.5, -0.5, -1.5, NaN, Infinity, -Infinity, 3e38, -3e38, 1e-30, 100, -100];

describe('one tensor', () => {
  test.each(named(unaryKernels))('%s is what the stock kernel gives', (name, kernel) => {
    for (const shape of shapes) {
      const x = random(shape, 'float32', 20);
      expectSame(trials.run(kernel, { x }, attributes[name]), runStock(name, { x }, attributes[name]), 3e-7);
    }
    const x = data([special.length], special);
    expectSame(trials.run(kernel, { x }, attributes[name]), runStock(name, { x }, attributes[name]), 3e-7);
  });

  test.each(named(unaryKernels.slice(0, 8)))('%s of int32', (name, kernel) => {
    const options = name === 'Step' ? { alpha: -3 } : { clipValueMin: -2.5, clipValueMax: 4.5 };
    for (const shape of [[], [0], [5, 7], [40_001]]) {
      const x = random(shape, 'int32');
      expectSame(trials.run(kernel, { x }, options), runStock(name, { x }, options));
    }
  });

  test.each([
    ['Exp', -87, 88, Math.exp],
    ['Log', 1e-6, 1e6, Math.log],
    ['Log', 0.9, 1.1, Math.log],
    ['Tanh', -2, 2, Math.tanh],
    ['Tanh', -1e-3, 1e-3, Math.tanh],
    ['Sigmoid', -80, 80, (x: number) => 1 / (1 + Math.exp(-x))],
    ['Elu', -1, 0, Math.expm1],
  ])('%s from %d to %d has a relative error below 2.5e-7', (name, low, high, f) => {
    const kernel = unaryKernels.find((candidate) => candidate.name === name)!;
    const x = data(
      [20_000],
      Float32Array.from({ length: 20_000 }, () => low + uniform() * (high - low)),
    );
    const [y] = trials.run(kernel, { x });
    for (const [index, value] of x.values.entries()) {
      const wanted = f(value);
      expect(Math.abs(y!.values[index]! - wanted)).toBeLessThanOrEqual(2.5e-7 * Math.abs(wanted));
    }
  });

  test('exp and log of denormal numbers', () => {
    const kernelOf = (name: string): Kernel => unaryKernels.find((kernel) => kernel.name === name)!;
    const [y] = trials.run(kernelOf('Exp'), { x: data([3], [-90, -100, -103]) });
    expectValues(y!.values, Float32Array.of(Math.exp(-90), Math.exp(-100), Math.exp(-103)), 1e-6);
    const [logs] = trials.run(kernelOf('Log'), { x: data([2], [1e-40, 1.4e-45]) });
    expectValues(logs!.values, [Math.log(1e-40), Math.log(1.401298464324817e-45)], 1e-5);
  });
});

/** Shapes of two tensors of up to 5 axes that can be broadcast. */
function broadcastPair(): [number[], number[]] {
  const full = Array.from({ length: whole(0, 5) }, () => whole(1, 6));
  const one = (): number[] => full.map((size) => (whole(0, 2) === 0 ? 1 : size)).slice(whole(0, full.length));
  return whole(0, 1) ? [full, one()] : [one(), full];
}

const pairs: [number[], number[]][] = [
  ...Array.from({ length: 25 }, broadcastPair),
  [[70_001], [70_001]],
  [[70_001], []],
  [[1], [70_001]],
  [[5001, 9], [9]],
  [
    [5001, 9],
    [5001, 1],
  ],
  [[3, 40, 50, 7], [7]],
  [
    [4, 1, 3],
    [5, 1],
  ],
  [[0, 3], [3]],
];

describe('two tensors', () => {
  test.each(named(binaryKernels))('%s, broadcast in all ways', (name, kernel) => {
    const stock = name === 'striate.Subtract' ? 'Sub' : name.replace('striate.', '');
    const logical = name.startsWith('Logical');
    for (const [left, right] of pairs) {
      for (const dtype of ['float32', 'int32', 'bool'] as const) {
        if (logical && dtype !== 'bool') continue;
        if (name === 'LogicalNot') {
          const x = random(left, 'bool');
          expectSame(trials.run(kernel, { x }), runStock(name, { x }));
          continue;
        }
        // Division by zero, powers of negative numbers and equal numbers all occur.
        const a = random(left, dtype, 3);
        const b = random(right, dtype, 3);
        if (dtype === 'float32')
          for (const { values } of [a, b])
            values.forEach((value, index) => (values[index] = Math.round(value * 4) / 4));
        if (dtype === 'bool' && ['RealDiv', 'Pow'].includes(name)) continue;
        expectSame(trials.run(kernel, { a, b }), runStock(stock, { a, b }), dtype === 'float32' ? 1e-7 : 0);
      }
    }
  });

  test('Pow has the special cases of Math.pow and is exact to float32', () => {
    const kernel = binaryKernels.find(({ name }) => name === 'Pow')!;
    const a = data([special.length, 1], special);
    const b = data([special.length], special);
    expectSame(trials.run(kernel, { a, b }), runStock('Pow', { a, b }), 1e-7);
    const bases = data(
      [5000],
      Float32Array.from({ length: 5000 }, () => 10 ** (uniform() * 10 - 5)),
    );
    const exponents = random([5000], 'float32', 6);
    const [y] = trials.run(kernel, { a: bases, b: exponents });
    for (const [index, value] of bases.values.entries()) {
      const wanted = value ** exponents.values[index]!;
      expect(Math.abs(y!.values[index]! - wanted)).toBeLessThanOrEqual(7e-8 * wanted);
    }
  });

  test('AddN of float32 and int32', () => {
    const addN = concatKernels.find(({ name }) => name === 'AddN')!;
    for (const dtype of ['float32', 'int32'] as const) {
      for (const shape of [[], [0], [7, 3], [40_001]]) {
        const inputs = Array.from({ length: whole(1, 5) }, () => random(shape, dtype));
        expectSame(trials.run(addN, inputs), runStock('AddN', inputs), 1e-6);
      }
    }
  });
});
