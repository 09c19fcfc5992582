import { ops } from '@striate/core';
import type { Draw } from './draw.ts';
import type { CaseInput, OpCase } from './op-case.ts';

const input = (shape: readonly number[], values: Float32Array): CaseInput => ({ shape, values });

/** Penalties, limits of norms, and the ops that the relatives of dropout are made of. */
export function regularization(draw: Draw): OpCase[] {
  const shape = [draw.integer(2, 5), draw.integer(4, 9), draw.integer(4, 9), draw.pick([1, 2, 3, 8])];
  const x = { x: input(shape, draw.apart(shape)) };
  const label = `[${shape.join(', ')}]`;
  const source = {
    seed: draw.integer(0, 1e9),
    stream: 2,
    call: draw.integer(0, 99),
    step: draw.integer(0, 1e6),
    sampleOffset: draw.integer(0, 999),
  };
  const weights = { l1: draw.pick([0, 0.3]), l2: draw.pick([0, 0.2]) };
  const rate = draw.pick([0.1, 0.5, 0.9]);
  const blockSize = draw.integer(1, 4);
  const axes = draw.pick([[0], [1, 2], [0, 1, 2], [3]]);
  const limits = { axes, minimum: draw.pick([0, 0.5]), maximum: draw.pick([1, 5]), rate: draw.pick([1, 0.4]) };
  const scaled = { scale: 0.7, shift: 0.3, replacement: -1.2 };
  const factors = shape.map((size) => draw.pick([1, size]));
  return [
    {
      name: `penalty ${label} ${JSON.stringify(weights)}`,
      inputs: x,
      differentiate: ['x'],
      compute: ({ x: given }) => [ops.penalty(given!, weights)],
    },
    {
      name: `orthogonalPenalty ${label}`,
      inputs: x,
      differentiate: ['x'],
      compute: ({ x: given }) => [ops.orthogonalPenalty(given!, { mode: 'rows', factor: 0.5 })],
    },
    {
      name: `limitNorm ${label} ${JSON.stringify(limits)}`,
      inputs: x,
      differentiate: [],
      compute: ({ x: given }) => [ops.limitNorm(given!, limits)],
    },
    {
      name: `scaleBy ${label} by [${factors.join(', ')}]`,
      inputs: { ...x, factors: input(factors, draw.normal(factors)) },
      differentiate: ['x'],
      compute: ({ x: given, factors: by }) => [ops.scaleBy(given!, by!)],
    },
    {
      name: `dropout ${label} rate ${rate} with scale, shift and replacement`,
      inputs: x,
      differentiate: ['x'],
      compute: ({ x: given }) => [ops.dropout(given!, { ...source, rate, ...scaled })],
    },
    {
      name: `dropBlockMask ${label} rate ${rate} blockSize ${blockSize}`,
      inputs: {},
      differentiate: [],
      compute: () => [ops.dropBlockMask({ ...source, shape, rate, blockSize })],
    },
  ];
}
