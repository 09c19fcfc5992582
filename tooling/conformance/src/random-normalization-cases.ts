import { ops } from '@striate/core';
import type { Draw } from './draw.ts';
import type { CaseInput, OpCase } from './op-case.ts';

const input = (shape: readonly number[], values: Float32Array): CaseInput => ({ shape, values });

/** Normalisation of each sample by itself, of weights, and moving averages. */
export function normalizations(draw: Draw): OpCase[] {
  const groups = draw.pick([1, 2, 3, 8]);
  const inGroup = draw.pick([1, 2, 3, 4, 7]);
  const channels = groups * inGroup;
  // Nowhere is a single number normalised: its gradient is 0, and rounding is all that would be compared.
  const smallest = inGroup === 1 ? 2 : 1;
  const shape = [draw.integer(1, 4), draw.integer(smallest, 9), draw.integer(smallest, 9), channels];
  const axes = draw.integer(channels === 1 ? 2 : 1, 3);
  const epsilon = draw.pick([1e-3, 1e-5]);
  const affine = (sizes: readonly number[]): Record<'gamma' | 'beta', CaseInput> => ({
    gamma: input(
      sizes,
      draw.normal(sizes).map((value) => value + 2),
    ),
    beta: input(sizes, draw.normal(sizes)),
  });
  // Far from 0, so that a variance that is computed as E[x^2] - E[x]^2 shows.
  const x = {
    x: input(
      shape,
      draw.normal(shape).map((value) => value * 2 + 9),
    ),
  };
  const plain = { x: input(shape, draw.normal(shape)) };
  const vectors = shape.with(3, channels + 1);
  const window = {
    size: draw.integer(1, 6),
    alpha: draw.pick([1e-4, 0.5]),
    beta: draw.pick([0.5, 0.75, 1, 0.6]),
    k: draw.pick([1, 2]),
  };
  const momentum = draw.pick([0, 0.9, 0.99]);
  const matrix = [draw.integer(1, 3), draw.integer(2, 40), draw.integer(1, 20)];
  return [
    {
      name: `groupNorm [${shape.join(', ')}] ${groups} groups, epsilon ${epsilon}`,
      inputs: { ...x, ...affine([channels]) },
      differentiate: ['x', 'gamma', 'beta'],
      compute: ({ x: image, gamma, beta }) => [
        ops.groupNorm({ x: image!, gamma: gamma!, beta: beta! }, { groups, epsilon }),
      ],
    },
    {
      name: `layerNorm [${shape.join(', ')}] over ${axes} axes, epsilon ${epsilon}`,
      inputs: { ...x, ...affine(shape.slice(-axes)) },
      differentiate: ['x', 'gamma', 'beta'],
      compute: ({ x: image, gamma, beta }) => [ops.layerNorm({ x: image!, gamma: gamma!, beta: beta! }, { epsilon })],
    },
    {
      name: `localResponseNorm [${shape.join(', ')}] ${JSON.stringify(window)}`,
      inputs: plain,
      differentiate: ['x'],
      compute: ({ x: image }) => [ops.localResponseNorm(image!, window)],
    },
    {
      name: `unitNorm [${vectors.join(', ')}]`,
      inputs: { x: input(vectors, draw.normal(vectors)) },
      differentiate: ['x'],
      compute: ({ x: image }) => [ops.unitNorm(image!)],
    },
    {
      name: `weightNorm [${matrix.join(', ')}]`,
      inputs: {
        v: input(matrix, draw.normal(matrix)),
        g: input([matrix[2]!], draw.normal([matrix[2]!])),
      },
      differentiate: ['v', 'g'],
      compute: ({ v, g }) => [ops.weightNorm({ v: v!, g: g! })],
    },
    {
      name: `spectralNorm [${matrix.join(', ')}]`,
      inputs: {
        kernel: input(matrix, draw.normal(matrix)),
        u: input([matrix[2]!], draw.normal([matrix[2]!])),
        v: input([matrix[0]! * matrix[1]!], draw.normal([matrix[0]! * matrix[1]!])),
      },
      differentiate: ['kernel'],
      compute: ({ kernel, u, v }) =>
        Object.values(ops.spectralNorm({ kernel: kernel!, u: u!, v: v! }, { iterations: 2, epsilon: 1e-12 })),
    },
    {
      name: `movingAverage [${matrix.join(', ')}], momentum ${momentum}`,
      inputs: {
        average: input(matrix, draw.normal(matrix)),
        value: input(matrix, draw.normal(matrix)),
        other: input([channels], draw.normal([channels])),
        otherValue: input([channels], draw.normal([channels])),
      },
      differentiate: [],
      compute: ({ average, value, other, otherValue }) =>
        Object.values(
          ops.movingAverage(
            { averages: { average: average!, other: other! }, values: { average: value!, other: otherValue! } },
            { momentum, corrections: { other: 1.25 } },
          ),
        ),
    },
  ];
}
