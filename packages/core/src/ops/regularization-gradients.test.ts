import { tensor, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, it } from 'vitest';
import { apart, checkGradients, seed, type GradientCase } from '../testing/check-gradients.ts';
import { cpu } from '../testing.ts';
import { use } from '../use.ts';
import * as ops from './index.ts';

const source = { seed: 3, stream: 2, call: 0, step: 5, sampleOffset: 0 };
const cases: GradientCase[] = [
  {
    name: 'penalty',
    inputs: { x: [3, 5] },
    compute: ({ x }) => ops.penalty(x!, { l1: 0.3, l2: 0.2 }),
    values: apart,
  },
  ...(['rows', 'columns'] as const).map((mode): GradientCase => ({
    name: `orthogonalPenalty of ${mode}`,
    inputs: { x: [2, 3, 4] },
    compute: ({ x }) => ops.orthogonalPenalty(x!, { mode, factor: 0.7 }),
    step: 1e-3,
  })),
  {
    name: 'scaleBy, one factor a channel and sample',
    inputs: { x: [2, 3, 4, 2] },
    compute: ({ x }) => tidy(() => ops.scaleBy(x!, tensor([0.5, 2, -1, 0], [2, 1, 1, 2]))),
  },
  {
    name: 'dropout with scale, shift and replacement',
    inputs: { x: [4, 9] },
    compute: ({ x }) => ops.dropout(x!, { ...source, rate: 0.4, scale: 0.7, shift: 0.3, replacement: -2 }),
  },
];

describe(`gradients against finite differences (seed ${seed})`, () => {
  beforeAll(() => use(cpu()));

  it.each(cases)('$name', checkGradients);
});
