import { beforeAll, describe, expect, it } from 'vitest';
import { tensor } from '@tensorflow/tfjs-core';
import { valueAndGradients } from '../gradients.ts';
import { apart, checkGradients, seed, type GradientCase } from '../testing/check-gradients.ts';
import { cpu } from '../testing.ts';
import { use } from '../use.ts';
import * as ops from './index.ts';

const source = { seed: 3, stream: 2, call: 0, step: 5, sampleOffset: 0 };
const window = { poolSize: [3, 2], strides: [2, 1], padding: [1, 2, 0, 1] } as const;
/** Distinct and positive. */
const positive = (shape: readonly number[]): Float32Array => apart(shape).map((value) => value + 3);
const cases: GradientCase[] = [
  ...[false, true].map((countPadding): GradientCase => ({
    name: `averagePool2d with an overhang, countPadding ${countPadding}`,
    inputs: { x: [2, 6, 6, 2] },
    compute: ({ x }) => ops.averagePool2d(x!, { ...window, countPadding, overhang: [1, 0] }),
  })),
  {
    name: 'averagePool2d with a divisor',
    inputs: { x: [2, 5, 6, 2] },
    compute: ({ x }) => ops.averagePool2d(x!, { ...window, countPadding: true, divisor: 5 }),
  },
  {
    name: 'adaptiveAveragePool2d, overlapping windows',
    inputs: { x: [2, 5, 7, 2] },
    compute: ({ x }) => ops.adaptiveAveragePool2d(x!, { outputSize: [3, 4] }),
  },
  {
    name: 'adaptiveAveragePool2d, more windows than pixels',
    inputs: { x: [1, 2, 3, 2] },
    compute: ({ x }) => ops.adaptiveAveragePool2d(x!, { outputSize: [3, 3] }),
  },
  {
    name: 'adaptiveMaxPool2d',
    inputs: { x: [2, 5, 7, 2] },
    compute: ({ x }) => ops.adaptiveMaxPool2d(x!, { outputSize: [3, 4] }),
    values: apart,
    step: 1e-3,
  },
  {
    name: 'probabilityPool2d',
    inputs: { x: [2, 6, 6, 2] },
    compute: ({ x }) => ops.probabilityPool2d(x!, window),
    values: apart,
    step: 1e-3,
  },
];

describe(`gradients against finite differences (seed ${seed})`, () => {
  beforeAll(() => use(cpu()));

  it.each(cases)('$name', checkGradients);

  it('of stochasticPool2d go to the pixel that was drawn', async () => {
    const values = positive([2, 4, 6, 2]);
    const x = tensor(values, [2, 4, 6, 2]);
    const geometry = { poolSize: [2, 3], strides: [2, 3], padding: [0, 0, 0, 0] } as const;
    const y = ops.stochasticPool2d(x, { ...source, ...geometry });
    const drawn = await y.data<'float32'>();
    // Every value occurs once, so y tells where it came from.
    const wanted = values.map((value) => (drawn.includes(value) ? 1 / drawn.length : 0));
    const { gradients } = valueAndGradients(
      (given) => ({ loss: ops.mean(ops.stochasticPool2d(given['x']!, { ...source, ...geometry })) }),
      { x },
    );
    expect(drawn.every((value) => values.includes(value))).toBe(true);
    expect(await gradients['x']!.data()).toEqual(wanted);
  });

  it('stochasticPool2d draws in proportion to the rectified values', async () => {
    const count = 4000;
    const x = tensor(
      Float32Array.from({ length: count * 4 }, (_, place) => [1, -5, 3, 0][place % 4]!),
      [count, 2, 2, 1],
    );
    const geometry = { poolSize: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0] } as const;
    const drawn = await ops.stochasticPool2d(x, { ...source, seed, ...geometry }).data<'float32'>();
    const threes = drawn.filter((value) => value === 3).length;
    expect(drawn.filter((value) => value === 1).length + threes).toBe(count);
    // Five standard deviations.
    expect(Math.abs(threes / count - 0.75)).toBeLessThan(5 * Math.sqrt((0.75 * 0.25) / count));
    const [mean] = await ops.probabilityPool2d(x, geometry).data<'float32'>();
    expect(mean).toBeCloseTo(2.5, 5);
  });
});
