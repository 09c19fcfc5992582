import { ops as definitions } from '@striate/core/backend';
import { ops } from '@striate/core';
import type { Draw } from './draw.ts';
import type { CaseInput, OpCase } from './op-case.ts';

const input = (shape: readonly number[], values: Float32Array): CaseInput => ({ shape, values });

export function batchNorm(draw: Draw): OpCase[] {
  const channels = draw.pick([1, 3, 4, 7, 16, 33]);
  const shape = [draw.integer(2, 4), draw.integer(1, 6), draw.integer(1, 6), channels];
  const activation = draw.pick(['linear', 'relu'] as const);
  const withResidual = draw.pick([true, false]);
  const epsilon = draw.pick([1e-3, 1e-5]);
  // A residual of distinct values on a grid keeps the sum away from the corner of relu on nearly every draw.
  const inputs = {
    x: input(
      shape,
      draw.normal(shape).map((value) => value * 2 + 3),
    ),
    gamma: input(
      [channels],
      draw.normal([channels]).map((value) => value + 2),
    ),
    beta: input([channels], draw.normal([channels])),
    ...(withResidual && { residual: input(shape, draw.normal(shape)) }),
  };
  const moments = {
    mean: input([channels], draw.normal([channels])),
    variance: input(
      [channels],
      draw.normal([channels]).map((value) => Math.abs(value) + 0.5),
    ),
  };
  const label = `[${shape.join(', ')}] ${activation}${withResidual ? ' with residual' : ''} epsilon ${epsilon}`;
  return [
    {
      name: `batchNorm ${label}`,
      inputs,
      differentiate: Object.keys(inputs),
      compute({ x, gamma, beta, residual }) {
        const { y, mean, variance } = ops.batchNorm(
          { x: x!, gamma: gamma!, beta: beta!, residual },
          { epsilon, activation },
        );
        return [y, mean, variance];
      },
    },
    {
      name: `batchNormInference ${label}`,
      inputs: { ...inputs, ...moments },
      differentiate: Object.keys(inputs),
      compute: ({ x, gamma, beta, residual, mean, variance }) => [
        ops.batchNormInference(
          { x: x!, gamma: gamma!, beta: beta!, mean: mean!, variance: variance!, residual },
          { epsilon, activation },
        ),
      ],
    },
  ];
}

export function elementwise(draw: Draw): OpCase[] {
  const shape = [draw.integer(1, 4), draw.integer(1, 9), draw.integer(1, 5)];
  return [
    {
      name: `add [${shape.join(', ')}]`,
      inputs: { a: input(shape, draw.normal(shape)), b: input(shape, draw.normal(shape)) },
      differentiate: ['a', 'b'],
      compute: ({ a, b }) => [ops.add(a!, b!)],
    },
    {
      name: `reshape [${shape.join(', ')}]`,
      inputs: { x: input(shape, draw.normal(shape)) },
      differentiate: ['x'],
      compute: ({ x }) => [ops.reshape(x!, [x!.size])],
    },
  ];
}

export function reductions(draw: Draw): OpCase[] {
  const shape = [draw.integer(1, 9), draw.integer(1, 40)];
  return [
    {
      name: `mean [${shape.join(', ')}]`,
      inputs: { x: input(shape, draw.normal(shape)) },
      differentiate: ['x'],
      compute: ({ x }) => [ops.mean(x!)],
    },
    {
      name: `biasGradient [${shape.join(', ')}]`,
      inputs: { dy: input(shape, draw.normal(shape)) },
      differentiate: [],
      compute: ({ dy }) => definitions.biasGradient({ dy: dy! }, {}),
    },
  ];
}
