import { tensor, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkGradients, normal, seed, type GradientCase } from '../testing/check-gradients.ts';
import { cpu } from '../testing.ts';
import { use } from '../use.ts';
import * as ops from './index.ts';

const cases: GradientCase[] = [
  ...[1, 2, 6].map((groups): GradientCase => ({
    name: `groupNorm, ${groups} groups`,
    inputs: { x: [3, 4, 2, 6], gamma: [6], beta: [6] },
    compute: ({ x, gamma, beta }) => ops.groupNorm({ x: x!, gamma: gamma!, beta: beta! }, { groups, epsilon: 1e-3 }),
    step: 3e-3,
  })),
  {
    name: 'layerNorm of each pixel',
    inputs: { x: [2, 3, 2, 7], gamma: [7], beta: [7] },
    compute: ({ x, gamma, beta }) => ops.layerNorm({ x: x!, gamma: gamma!, beta: beta! }, { epsilon: 1e-3 }),
    step: 3e-3,
  },
  {
    name: 'layerNorm of whole images',
    inputs: { x: [3, 3, 2, 2], gamma: [3, 2, 2], beta: [3, 2, 2] },
    compute: ({ x, gamma, beta }) => ops.layerNorm({ x: x!, gamma: gamma!, beta: beta! }, { epsilon: 1e-3 }),
    step: 3e-3,
  },
  ...[3, 4, 5].map((size): GradientCase => ({
    name: `localResponseNorm, size ${size}`,
    inputs: { x: [2, 3, 6] },
    compute: ({ x }) => ops.localResponseNorm(x!, { size, alpha: 0.3, beta: 0.75, k: 1.5 }),
  })),
  {
    name: 'weightNorm',
    inputs: { v: [2, 3, 4], g: [4] },
    compute: ({ v, g }) => ops.weightNorm({ v: v!, g: g! }),
    step: 3e-3,
  },
  { name: 'unitNorm', inputs: { x: [5, 4] }, compute: ({ x }) => ops.unitNorm(x!), step: 1e-3 },
];

describe(`gradients against finite differences (seed ${seed})`, () => {
  beforeAll(() => use(cpu()));

  it.each(cases)('$name', checkGradients);

  // u and v are constants in the gradient, which is right once the iteration has converged.
  it('spectralNorm, converged', () =>
    checkGradients({
      name: 'spectralNorm',
      inputs: { kernel: [2, 2, 3] },
      compute: ({ kernel }): Tensor =>
        tidy(
          () =>
            ops.spectralNorm(
              { kernel: kernel!, u: tensor([1, 0.5, -0.3]), v: tensor([1, 0, 0, 0]) },
              { iterations: 60, epsilon: 1e-12 },
            ).w,
        ),
      values: (shape) => normal(shape).map((value, place) => 0.3 * value + [2, 0, 0, 0, 1, 0, 0, 0, 0.3][place % 9]!),
      step: 2e-3,
    }));

  it('spectralNorm divides by the largest singular value', async () => {
    // Singular values 3 and 2, behind a rotation.
    const [c, s] = [Math.cos(0.7), Math.sin(0.7)];
    const kernel = tensor([3 * c, -2 * s, 3 * s, 2 * c], [2, 2]);
    const { w, sigma } = ops.spectralNorm(
      { kernel, u: tensor([0.6, 0.8]), v: tensor([1, 0]) },
      { iterations: 30, epsilon: 1e-12 },
    );
    expect((await sigma.data())[0]).toBeCloseTo(3, 4);
    expect((await w.data())[0]).toBeCloseTo(c, 4);
  });

  it('movingAverage keeps a share of the old and corrects the new', async () => {
    const next = ops.movingAverage(
      {
        averages: { mean: tensor([1, 2]), variance: tensor([4]) },
        values: { mean: tensor([3, 0]), variance: tensor([8]) },
      },
      { momentum: 0.75, corrections: { variance: 1.5 } },
    );
    expect(Array.from(await next['mean']!.data())).toEqual([1.5, 1.5]);
    expect(Array.from(await next['variance']!.data())).toEqual([6]);
  });
});
