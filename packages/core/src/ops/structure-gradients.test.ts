import { dispose, fill, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { apart, checkGradients, seed, type GradientCase } from '../testing/check-gradients.ts';
import { cpu } from '../testing.ts';
import { use } from '../use.ts';
import * as ops from './index.ts';

const cases: GradientCase[] = [
  {
    name: 'concat of three along the last axis',
    inputs: { a: [2, 3, 1], b: [2, 3, 4], c: [2, 3, 2] },
    compute: ({ a, b, c }) => ops.concat([a!, b!, c!]),
  },
  {
    name: 'concat along axis 1',
    inputs: { a: [2, 1, 3], b: [2, 4, 3] },
    compute: ({ a, b }) => ops.concat([a!, b!], 1),
  },
  {
    name: 'slice',
    inputs: { x: [3, 4, 5] },
    compute: ({ x }) => ops.slice(x!, { begin: [1, 0, 2], size: [2, 3, 1] }),
  },
  { name: 'multiply', inputs: { a: [3, 4], b: [3, 4] }, compute: ({ a, b }) => ops.multiply(a!, b!) },
  {
    name: 'multiply of images by [N, 1, 1, C]',
    inputs: { a: [2, 3, 2, 4], b: [2, 1, 1, 4] },
    compute: ({ a, b }) => ops.multiply(a!, b!),
  },
  { name: 'subtract', inputs: { a: [3, 4], b: [3, 4] }, compute: ({ a, b }) => ops.subtract(a!, b!) },
  ...(['maximum', 'minimum'] as const).map((name): GradientCase => ({
    name,
    inputs: { a: [5, 4], b: [5, 4] },
    // Both lie on a grid of steps of 0.2; moved by half a step, no two are equal.
    compute: ({ a, b }) => ops[name](a!, ops.rescale(b!, { offset: [0.1] })),
    values: apart,
  })),
  {
    name: 'rescale by one number',
    inputs: { x: [3, 4] },
    compute: ({ x }) => ops.rescale(x!, { scale: [-0.7], offset: [3] }),
  },
  {
    name: 'rescale by one number a channel',
    inputs: { x: [3, 4] },
    compute: ({ x }) => ops.rescale(x!, { scale: [1, 0.5, -2, 0], offset: [1, 2, 3, 4] }),
  },
  ...(['nearest', 'bilinear'] as const).flatMap((interpolation) =>
    (
      [
        [8, 6],
        [5, 7],
        [2, 9],
      ] as const
    ).map((size): GradientCase => ({
      name: `resize2d ${interpolation} to ${size.join('x')}`,
      inputs: { x: [2, 4, 3, 2] },
      compute: ({ x }) => ops.resize2d(x!, { size, interpolation }),
    })),
  ),
  {
    name: 'prelu with one slope a channel',
    inputs: { x: [2, 3, 2, 4], alpha: [1, 1, 4] },
    compute: ({ x, alpha }) => ops.prelu({ x: x!, alpha: alpha! }),
    values: apart,
    step: 1e-4,
  },
  {
    name: 'prelu with one slope an element',
    inputs: { x: [2, 3, 4], alpha: [3, 4] },
    compute: ({ x, alpha }) => ops.prelu({ x: x!, alpha: alpha! }),
    values: apart,
    step: 1e-4,
  },
];

describe(`structure (seed ${seed})`, () => {
  beforeAll(() => use(cpu()));

  it.each(cases)('$name has the gradient of its values', checkGradients);

  it('resize2d has half-pixel centres', async () => {
    const x = tensor([0, 1, 2], [1, 1, 3, 1]);
    const read = async (columns: number, interpolation: ops.Interpolation): Promise<number[]> => {
      const y = ops.resize2d(x, { size: [1, columns], interpolation });
      const values = Array.from(await y.data(), (value) => Math.round(value * 1e4) / 1e4);
      y.dispose();
      return values;
    };
    // PyTorch: F.interpolate(x, size, mode='bilinear' or 'nearest-exact', align_corners=False)
    expect(await read(6, 'bilinear')).toEqual([0, 0.25, 0.75, 1.25, 1.75, 2]);
    expect(await read(2, 'bilinear')).toEqual([0.25, 1.75]);
    expect(await read(5, 'nearest')).toEqual([0, 0, 1, 2, 2]);
    expect(await read(2, 'nearest')).toEqual([0, 2]);
    x.dispose();
  });

  it('randomNormal has the moments that it is asked for, and hangs on each sample alone', async () => {
    const source = { seed, stream: 6, call: 1, step: 2 };
    const all = ops.randomNormal({ shape: [2, 10_001], mean: 3, standardDeviation: 0.5, ...source, sampleOffset: 4 });
    const second = ops.randomNormal({
      shape: [1, 10_001],
      mean: 3,
      standardDeviation: 0.5,
      ...source,
      sampleOffset: 5,
    });
    const values = Array.from(await all.data());
    expect(values.slice(10_001)).toEqual(Array.from(await second.data()));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    // Six standard errors.
    expect(Math.abs(mean - 3)).toBeLessThan((6 * 0.5) / Math.sqrt(values.length));
    expect(Math.abs(variance - 0.25)).toBeLessThan(6 * 0.25 * Math.sqrt(2 / values.length));
    dispose([all, second]);
  });

  it('refuses shapes that do not fit', () => {
    const of = (...shape: number[]): ReturnType<typeof fill> => fill(shape, 1);
    expect(() => ops.concat([])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: concat: there is no tensor to concatenate.]`,
    );
    expect(() => ops.concat([of(2, 3, 4), of(2, 2, 4)])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: concat: [2, 3, 4] and [2, 2, 4] cannot be joined along axis 2: all other sizes must be equal.]`,
    );
    expect(() => ops.slice(of(2, 3), { begin: [0, 1], size: [2, 3] })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: slice: a box of [2, 3] from [0, 1] on does not lie in [2, 3].]`,
    );
    expect(() => ops.multiply(of(2, 3, 3, 4), of(2, 3))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: multiply: [2, 3, 3, 4] and [2, 3] do not fit: sizes, compared from the last axis on, must be equal, or one of them 1. Bring them there with ops.reshape or ops.expandDims.]`,
    );
    expect(() => ops.subtract(of(2, 3), of(2, 4))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: subtract: [2, 3] and [2, 4] do not fit: sizes, compared from the last axis on, must be equal, or one of them 1. Bring them there with ops.reshape or ops.expandDims.]`,
    );
    expect(() => ops.maximum(of(2, 3), of(2, 4))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: maximum: [2, 3] and [2, 4] do not fit: sizes, compared from the last axis on, must be equal, or one of them 1. Bring them there with ops.reshape or ops.expandDims.]`,
    );
    expect(() => ops.rescale(of(2, 3), { scale: [1, 2] })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: rescale: scale has 2 numbers, but must have 1 or 3, one a channel.]`,
    );
    expect(() => ops.prelu({ x: of(2, 3, 4), alpha: of(4) })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: prelu: x is [2, 3, 4] and alpha [4], but alpha must have one axis less, each of x's size or 1.]`,
    );
    expect(() =>
      ops.resize2d(of(2, 3, 4), { size: [2, 2], interpolation: 'nearest' }),
    ).toThrowErrorMatchingInlineSnapshot(`[ShapeError: resize2d: x is [2, 3, 4], but needs 4 axes, NHWC.]`);
    expect(() =>
      ops.resize2d(of(2, 3, 4, 1), { size: [0, 2], interpolation: 'nearest' }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: resize2d: size is [0, 2], but must be two whole numbers of at least 1.]`,
    );
    expect(() =>
      ops.resize2d(of(2, 3, 4, 1), { size: [2, 2], interpolation: 'bicubic' as never }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: resize2d: interpolation is "bicubic". Known: nearest, bilinear.]`,
    );
  });
});
