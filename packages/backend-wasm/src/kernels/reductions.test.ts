import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Kernel } from '../kernel.ts';
import {
  data,
  expectSame,
  expectValues,
  random,
  runStock,
  startTrials,
  whole,
  type Data,
  type KernelTrials,
} from '../testing/kernel-trials.ts';
import { reduceKernels } from './reductions.ts';

let trials: KernelTrials;
beforeAll(async () => {
  trials = await startTrials();
});
afterAll(() => trials.stop());

const kernelOf = (name: string): Kernel => reduceKernels.find((kernel) => kernel.name === name)!;

const cases: [number[], number[]][] = [
  [[], []],
  [[1], [0]],
  [[3], []],
  [[70_001], [0]],
  [[4001, 9], [0]],
  [[4001, 9], [1]],
  [[9, 4001], [0]],
  [[2, 3000], [0]],
  [
    [40, 5, 6, 7],
    [0, 1, 2],
  ],
  [
    [40, 5, 6, 7],
    [1, 2],
  ],
  [
    [40, 5, 6, 7],
    [0, 2],
  ],
  [
    [40, 5, 6, 7],
    [0, 2, 3],
  ],
  [
    [40, 5, 6, 7],
    [0, 1, 2, 3],
  ],
  [
    [3, 1, 4, 1, 5],
    [1, 3],
  ],
  ...Array.from({ length: 10 }, (): [number[], number[]] => {
    const shape = Array.from({ length: whole(1, 5) }, () => whole(1, 7));
    return [shape, shape.map((_, axis) => axis).filter(() => whole(0, 1))];
  }),
];

/** What the stock kernel gives; not its Mean, which divides every element in float32 first. */
function wanted(name: string, x: Data, attributes: { axis: number[] }): Data[] {
  if (name !== 'Mean') return runStock(name, { x }, attributes);
  const count = attributes.axis.reduce((product, axis) => product * x.shape[axis]!, 1);
  const [sum] = runStock('Sum', { x }, attributes);
  return [
    data(
      sum!.shape,
      Array.from(sum!.values, (value) => value / count),
    ),
  ];
}

test.each(['Sum', 'Prod', 'Max', 'Min', 'Mean', 'Any', 'All'])('%s over any axes', (name) => {
  for (const [shape, axes] of cases) {
    for (const keepDims of [false, true]) {
      for (const dtype of ['float32', 'int32', 'bool'] as const) {
        if (['Any', 'All'].includes(name) && dtype !== 'bool') continue;
        // Products of many numbers below 1 are 0; these stay within range, and exact in float64 for int32.
        const x = name === 'Prod' ? random(shape, dtype, 1) : random(shape, dtype);
        if (name === 'Prod' && dtype === 'float32') x.values.forEach((value, i) => (x.values[i] = Math.exp(value / 9)));
        const attributes = { axis: axes, reductionIndices: axes, keepDims };
        const relative = dtype === 'float32' && name !== 'Max' && name !== 'Min' ? 2e-6 : name === 'Mean' ? 1e-6 : 0;
        // The stock kernels cannot do without axes.
        if (axes.length === 0 && !['Sum', 'Mean'].includes(name)) continue;
        expectSame(trials.run(kernelOf(name), { x }, attributes), wanted(name, x, attributes), relative);
      }
    }
  }
});

test.each(['ArgMax', 'ArgMin'])('%s takes the first of equal elements', (name) => {
  for (const [shape] of cases) {
    for (const dtype of ['float32', 'int32', 'bool'] as const) {
      for (let axis = 0; axis < shape.length; axis++) {
        const x = random(shape, dtype, 3);
        if (dtype === 'float32') x.values.forEach((value, i) => (x.values[i] = Math.round(value)));
        expectSame(trials.run(kernelOf(name), { x }, { axis }), runStock(name, { x }, { axis }));
      }
    }
  }
});

test.each(['Max', 'Min', 'Sum'])('%s lets NaN through', (name) => {
  for (let place = 0; place < 9; place++) {
    const x = random([9]);
    x.values[place] = NaN;
    const [y] = trials.run(kernelOf(name), { x }, { axis: [0], reductionIndices: [0] });
    expect(y!.values[0]).toBeNaN();
  }
});

test('a sum of numbers far from 0 keeps all digits of float32', () => {
  const x = random([1_000_003]);
  x.values.forEach((value, i) => (x.values[i] = 1000 + value));
  const sum = (x.values as Float32Array).reduce((total, value) => total + value, 0);
  const [y] = trials.run(kernelOf('Sum'), { x }, { axis: [0] });
  expect(y!.values[0]).toBe(Math.fround(sum));
});

test('bias gradient, mean and its gradient', () => {
  for (const shape of [[3], [129, 10], [33, 20, 21, 5], [2, 100, 100, 16]]) {
    const dy = random(shape);
    const axes = shape.slice(1).map((_, axis) => axis);
    // Summed in float32 within an item; numbers that cancel out leave less of their digits.
    expectSame(trials.run(kernelOf('striate.BiasGradient'), { dy }), runStock('Sum', { x: dy }, { axis: axes }), 1e-5);
    const every = shape.map((_, axis) => axis);
    expectSame(trials.run(kernelOf('striate.Mean'), { x: dy }), wanted('Mean', dy, { axis: every }), 1e-6);
    const [dx] = trials.run(kernelOf('striate.MeanGradient'), { dy: data([], [3]) }, { inputShape: shape });
    expect(dx!.shape).toEqual(shape);
    expectValues(
      dx!.values,
      dy.values.map(() => 3 / dy.values.length),
      2e-7,
    );
  }
});
