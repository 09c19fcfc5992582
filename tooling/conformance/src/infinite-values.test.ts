import { ops, tensor, use, type Tensor } from '@striate/core';
import { grad } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { backends } from './backends.ts';
import { usableBackends } from './usable-backends.ts';

const { NaN: not, POSITIVE_INFINITY: high, NEGATIVE_INFINITY: low } = Number;

describe.each(usableBackends)('infinities are counted as numbers on %s', (name) => {
  beforeAll(() => use(backends[name]!()));

  async function valuesOf(make: () => Tensor): Promise<number[]> {
    const result = make();
    const values = await result.data<'float32'>();
    result.dispose();
    return Array.from(values);
  }

  const pool = { poolSize: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0] } as const;
  const around = { poolSize: [3, 3], strides: [1, 1], padding: [1, 1, 1, 1] } as const;
  const lowWindow = [low, low, 1, 2, low, low, 3, low]; // 2 x 4 pixels

  test('the largest of -Infinity alone is -Infinity', async () => {
    const x = tensor(lowWindow, [1, 2, 4, 1]);
    expect(await valuesOf(() => ops.maxPool2d(x, pool))).toEqual([low, 3]);
    expect(await valuesOf(() => ops.maxPool2d(x, { ...pool, activation: 'relu' }))).toEqual([0, 3]);
    expect(await valuesOf(() => ops.adaptiveMaxPool2d(x, { outputSize: [1, 2] }))).toEqual([low, 3]);
    const all = tensor([low, low, low, low], [1, 2, 2, 1]);
    expect(await valuesOf(() => ops.maxPool2d(all, around))).toEqual([low, low, low, low]);
    x.dispose();
    all.dispose();
  });

  test('and the first of them receives the gradient', async () => {
    const x = tensor(lowWindow, [1, 2, 4, 1]);
    const gradient = grad((z: Tensor) => ops.maxPool2d(z, pool));
    expect(await valuesOf(() => gradient(x))).toEqual([1, 0, 0, 0, 0, 0, 1, 0]);
    x.dispose();
  });

  test.each([1, 64])('a NaN elsewhere changes no maximum, with %s channels', async (channels) => {
    const spread = (pixels: number[]): Tensor =>
      tensor(
        pixels.flatMap((pixel) => new Array<number>(channels).fill(pixel)),
        [1, 2, pixels.length / 2, channels],
      );
    const maxima = async (pixels: number[]): Promise<number[]> => {
      const x = spread(pixels);
      const y = await valuesOf(() => ops.maxPool2d(x, pool));
      x.dispose();
      return y.filter((_, place) => place % channels === 0);
    };
    expect(await maxima([low, low, 1, 2, low, low, 3, 4])).toEqual([low, 4]);
    expect(await maxima([low, low, 1, not, low, low, 3, 4])).toEqual([low, not]);
    expect(await maxima([low, low, 1, high, low, -3.4e38, 3, 4])).toEqual([Math.fround(-3.4e38), high]);
  });

  test('a class that cannot be costs nothing where it is not the label, and infinitely much where it is', async () => {
    const logits = tensor([1, 2, low, 1, 2, low], [2, 3]);
    const numbers = tensor([0, 2], [2], 'int32');
    const shares = tensor([1, 0, 0, 0, 0, 1], [2, 3]);
    for (const labels of [numbers, shares]) {
      const losses = await valuesOf(() => ops.softmaxCrossEntropy({ logits, labels }, { labelSmoothing: 0 }));
      expect(losses).toEqual([expect.closeTo(1.313262, 5), high]);
      const smoothed = await valuesOf(() => ops.softmaxCrossEntropy({ logits, labels }, { labelSmoothing: 0.1 }));
      expect(smoothed).toEqual([high, high]);
      labels.dispose();
    }
    logits.dispose();
  });

  test.each(['nearest', 'bilinear'] as const)('%s resizing keeps pixels apart', async (interpolation) => {
    for (const value of [not, high, low]) {
      const x = tensor([value, 1, 2, 3], [1, 1, 4, 1]);
      const y = await valuesOf(() => ops.resize2d(x, { size: [1, 8], interpolation }));
      const reached = interpolation === 'nearest' ? 2 : 3;
      expect(y.slice(0, reached)).toEqual(new Array(reached).fill(value));
      expect(y.slice(reached)).toEqual(interpolation === 'nearest' ? [1, 1, 2, 2, 3, 3] : [1.25, 1.75, 2.25, 2.75, 3]);
      x.dispose();
    }
  });

  test('averages of windows keep pixels apart', async () => {
    for (const value of [not, high, low]) {
      const x = tensor([value, 1, 2, 4], [1, 1, 4, 1]);
      expect(await valuesOf(() => ops.adaptiveAveragePool2d(x, { outputSize: [1, 2] }))).toEqual([value, 3]);
      x.dispose();
    }
  });
});
