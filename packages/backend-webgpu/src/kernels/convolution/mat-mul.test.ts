import { ops as definitions } from '@striate/core/backend';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { ops } from '@striate/core';
import { engine, type Tensor } from '@tensorflow/tfjs-core';
import { random, startTrials, whole, type Trials } from '../../testing.ts';
import { convolutionKernels } from './index.ts';

const orders = [false, true].flatMap((transposeA) => [false, true].map((transposeB) => ({ transposeA, transposeB })));

// A program takes a software GPU a fifth of a second: so few sizes.
const sizes = [
  [1, 1, 1],
  [16, 32, 12],
  [8, 1600, 20],
  [1, 1001, 70],
  [90, 70, 60],
  [91, 71, 61],
  ...Array.from({ length: 2 }, () => [whole(1, 80), whole(1, 90), whole(1, 70)] as const),
] as const;

const operand = (rows: number, columns: number, transposed: boolean): number[] =>
  transposed ? [columns, rows] : [rows, columns];

describe('matrix products', () => {
  let trials: Trials;
  beforeAll(async () => {
    trials = await startTrials({ kernels: convolutionKernels });
  });
  afterAll(() => trials.stop());

  it.each(sizes)('striate.MatMul of %i x %i and %i', async (rows, inner, columns) => {
    for (const order of orders) {
      const a = random(operand(rows, inner, order.transposeA));
      const b = random(operand(inner, columns, order.transposeB));
      await trials.compare({ a, b, bias: random([columns]) }, (tensors) =>
        ops.matMul(tensors, { ...order, activation: 'relu' }),
      );
    }
  });

  it('striate.MatMul without bias and activation', () =>
    trials.compare({ a: random([9, 5]), b: random([5, 4]) }, (tensors) => ops.matMul(tensors)));

  const batches = [
    { axesA: [3], axesB: [3], order: orders[0]! },
    { axesA: [2, 1], axesB: [2, 1], order: orders[1]! },
    { axesA: [1], axesB: [2], order: orders[2]! },
    { axesA: [2, 2], axesB: [1, 1], order: orders[3]! },
  ];
  it.each([
    ...batches.map((given) => ({ ...given, least: 1, most: 20 })),
    ...batches.map((given) => ({ ...given, least: 65, most: 80 })),
  ])('BatchMatMul and _FusedMatMul: batches $axesA and $axesB, $order, from $least', async (given) => {
    const { axesA, axesB, order, least, most } = given;
    const [rows, inner, columns] = [whole(least, most), whole(least, most), whole(least, most)];
    const inputs = {
      a: random([...axesA, ...operand(rows, inner, order.transposeA)]),
      b: random([...axesB, ...operand(inner, columns, order.transposeB)]),
      bias: random([columns]),
    };
    await trials.compare(inputs, ({ a, b, bias }) => [
      engine().runKernel<Tensor>('BatchMatMul', { a, b }, order),
      engine().runKernel<Tensor>('_FusedMatMul', { a, b, bias }, { ...order, activation: 'relu' }),
    ]);
  });

  it.each([[[1, 1]], [[300, 10]], [[2, 3, 4, 5]], [[5000, 8]], [[20_000, 3]], [[70, 301]]])(
    'striate.BiasGradient of %o',
    (shape) => trials.compare({ dy: random(shape) }, ({ dy }) => definitions.biasGradient({ dy }, {})),
  );
});
