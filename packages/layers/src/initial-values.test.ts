import { describe, expect, it } from 'vitest';
import type { KindRecord } from '@striate/core';
import { fans } from './fans.ts';
import { initialValues } from './initial-values.ts';
import * as initializers from './initializers/index.ts';
import { kernelAndBias } from './kernel-and-bias.ts';

const shape = [3, 3, 40, 60];
const random = { seed: 5, name: 'conv2d/kernel' };
const fanIn = 360;
const fanOut = 540;

function moments(values: Float32Array): { mean: number; variance: number; largest: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, variance, largest: values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) };
}

describe('fans', () => {
  it('are counted as Keras does', () => {
    expect(fans(shape)).toEqual({ fanIn, fanOut });
    expect(fans([784, 128])).toEqual({ fanIn: 784, fanOut: 128 });
    expect(fans([7])).toEqual({ fanIn: 7, fanOut: 7 });
    expect(fans([])).toEqual({ fanIn: 1, fanOut: 1 });
  });
});

describe('initialisers', () => {
  const normal = Math.sqrt(3) * 10;
  // [record, variance, largest magnitude possible]; a Gaussian cut at 2 of its deviations reaches 2 / 0.8796 of its own.
  const cases: [string, KindRecord, number, number][] = [
    ['glorotUniform', initializers.glorotUniform(), 2 / (fanIn + fanOut), Math.sqrt(6 / (fanIn + fanOut))],
    ['glorotNormal', initializers.glorotNormal(), 2 / (fanIn + fanOut), (2 / 0.8796) * Math.sqrt(2 / (fanIn + fanOut))],
    ['heUniform', initializers.heUniform(), 2 / fanIn, Math.sqrt(6 / fanIn)],
    ['heNormal', initializers.heNormal(), 2 / fanIn, (2 / 0.8796) * Math.sqrt(2 / fanIn)],
    ['lecunUniform', initializers.lecunUniform(), 1 / fanIn, Math.sqrt(3 / fanIn)],
    ['lecunNormal', initializers.lecunNormal(), 1 / fanIn, (2 / 0.8796) * Math.sqrt(1 / fanIn)],
    ['pytorchDefault', initializers.pytorchDefault(), 1 / (3 * fanIn), 1 / Math.sqrt(fanIn)],
    ['randomNormal', initializers.randomNormal({ standardDeviation: 0.01 }), 1e-4, normal],
    ['randomUniform', initializers.randomUniform({ minimum: -0.3, maximum: 0.3 }), 0.03, 0.3],
    ['truncatedNormal', initializers.truncatedNormal({ standardDeviation: 0.1 }), 0.01 * 0.7737, 0.2],
    [
      'varianceScaling uniform',
      initializers.varianceScaling({ scale: 3, mode: 'fanOut', distribution: 'uniform' }),
      3 / fanOut,
      3 / Math.sqrt(fanOut),
    ],
    ['varianceScaling normal', initializers.varianceScaling({ distribution: 'untruncatedNormal' }), 1 / fanIn, normal],
  ];
  it.each(cases)('%s has mean 0, the right variance and the right range', (_name, record, variance, limit) => {
    const found = moments(initialValues(record, shape, random));
    const count = 21_600;
    expect(Math.abs(found.mean)).toBeLessThan(5 * Math.sqrt(variance / count));
    expect(Math.abs(found.variance / variance - 1)).toBeLessThan(5 * Math.sqrt(2 / count));
    expect(found.largest).toBeLessThanOrEqual(limit * 1.0001);
    if (limit < normal) expect(found.largest).toBeGreaterThan(0.97 * limit);
  });

  it('that are the same everywhere', () => {
    expect([...initialValues(initializers.zeros(), [2], random)]).toEqual([0, 0]);
    expect([...initialValues(initializers.ones(), [2], random)]).toEqual([1, 1]);
    expect([...initialValues(initializers.constant({ value: 0.5 }), [2], random)]).toEqual([0.5, 0.5]);
  });

  it("have Keras' defaults", () => {
    expect(initializers.randomNormal()).toEqual({ type: 'randomNormal', mean: 0, standardDeviation: 0.05 });
    expect(initializers.truncatedNormal()).toEqual({ type: 'truncatedNormal', mean: 0, standardDeviation: 0.05 });
    expect(initializers.randomUniform()).toEqual({ type: 'randomUniform', minimum: -0.05, maximum: 0.05 });
    expect(initializers.varianceScaling()).toEqual({
      type: 'varianceScaling',
      scale: 1,
      mode: 'fanIn',
      distribution: 'truncatedNormal',
    });
    for (const record of [
      initializers.randomNormal(),
      initializers.truncatedNormal(),
      initializers.randomUniform(),
      initializers.varianceScaling(),
    ]) {
      expect(initialValues({ type: record.type }, shape, random)).toEqual(initialValues(record, shape, random));
    }
  });

  it('around another mean', () => {
    const mean = (record: KindRecord): number => moments(initialValues(record, shape, random)).mean;
    expect(mean(initializers.randomNormal({ mean: 2 }))).toBeCloseTo(2, 2);
    expect(mean(initializers.truncatedNormal({ mean: -1 }))).toBeCloseTo(-1, 2);
    expect(mean({ type: 'randomUniform', minimum: 0, maximum: 1 })).toBeCloseTo(0.5, 1);
  });

  // Kolmogorov-Smirnov: largest distance of the distribution found from the one wanted, times sqrt(count); 1.95 has 0.1%.
  const normalShare = (z: number): number => {
    // Abramowitz, Stegun 7.1.26: error below 1.5e-7.
    const t = 1 / (1 + (0.3275911 * Math.abs(z)) / Math.SQRT2);
    const tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
    const erf = 1 - tail * Math.exp((-z * z) / 2);
    return (1 + Math.sign(z) * erf) / 2;
  };
  const cut = (z: number): number => (normalShare(z) - normalShare(-2)) / (normalShare(2) - normalShare(-2));
  const uniform = (limit: number) => (value: number) => (value + limit) / (2 * limit);
  it.each<[string, KindRecord, (value: number) => number]>([
    ['randomNormal', initializers.randomNormal({ mean: 1, standardDeviation: 2 }), (v) => normalShare((v - 1) / 2)],
    ['truncatedNormal', initializers.truncatedNormal({ standardDeviation: 3 }), (v) => cut(v / 3)],
    ['heNormal', initializers.heNormal(), (v) => cut((v * 0.879_625_661_034_239_78) / Math.sqrt(2 / fanIn))],
    ['glorotUniform', initializers.glorotUniform(), uniform(Math.sqrt(6 / (fanIn + fanOut)))],
    ['lecunUniform', initializers.lecunUniform(), uniform(Math.sqrt(3 / fanIn))],
    ['pytorchDefault', initializers.pytorchDefault(), uniform(1 / Math.sqrt(fanIn))],
    ['randomUniform', initializers.randomUniform(), uniform(0.05)],
  ])('%s has the right distribution', (_name, record, share) => {
    const values = initialValues(record, shape, random).toSorted();
    const distances = values.map((value, place) => Math.abs((place + 0.5) / values.length - share(value)));
    expect(Math.max(...distances) * Math.sqrt(values.length)).toBeLessThan(1.95);
  });

  it.each([[[3, 3, 4, 20]], [[3, 3, 4, 36]], [[2, 3, 2, 30]], [[40, 25]], [[25, 40]], [[1, 1]], [[7, 1]]])(
    'orthogonal: kernels of shape %o have orthonormal columns, or rows',
    (wanted) => {
      const gain = 1.5;
      const values = initialValues(initializers.orthogonal({ gain }), wanted, random);
      const columns = wanted.at(-1)!;
      const rows = values.length / columns;
      const entry = (row: number, column: number): number => values[row * columns + column]!;
      const [count, length] = rows >= columns ? [columns, rows] : [rows, columns];
      for (let i = 0; i < count; i++) {
        for (let j = 0; j <= i; j++) {
          let product = 0;
          for (let k = 0; k < length; k++)
            product += rows >= columns ? entry(k, i) * entry(k, j) : entry(i, k) * entry(j, k);
          expect(product).toBeCloseTo(i === j ? gain * gain : 0, 5);
        }
      }
    },
  );

  it('orthogonal: every direction has the same chance', () => {
    const entries = Array.from({ length: 300 }, (_, seed) => [
      ...initialValues(initializers.orthogonal(), [4, 4], { seed, name: 'a' }),
    ]).flat();
    const mean = (power: number): number => entries.reduce((sum, value) => sum + value ** power, 0) / entries.length;
    // Moments of a coordinate of a random point of the sphere in 4 dimensions: 0, 1/4, 3 / (4 * 6).
    expect(Math.abs(mean(1))).toBeLessThan(0.03);
    expect(mean(2)).toBeCloseTo(0.25, 5);
    expect(mean(4)).toBeCloseTo(1 / 8, 1.5);
    const diagonal = entries.filter((_, place) => place % 5 === 0 || place % 16 === 0);
    expect(Math.abs(diagonal.reduce((sum, value) => sum + value, 0) / diagonal.length)).toBeLessThan(0.08);
  });

  it('identity: the middle of the window hands each channel on', () => {
    expect([...initialValues(initializers.identity(), [2, 3], random)]).toEqual([1, 0, 0, 0, 1, 0]);
    const kernel = initialValues(initializers.identity({ gain: 2 }), [3, 3, 2, 2], random);
    const places = [...kernel.entries()].filter(([, value]) => value !== 0);
    expect(places).toEqual([
      [16, 2],
      [19, 2],
    ]);
    for (const record of [initializers.identity(), initializers.orthogonal()])
      expect(() => initialValues(record, [4], random)).toThrow('but this initialiser is for kernels');
  });

  it('give numbers that depend on seed and name, and on nothing else', () => {
    const draw = (seed: number, name: string): Float32Array =>
      initialValues(initializers.heNormal(), [3, 3], { seed, name });
    expect(draw(1, 'a/kernel')).toEqual(draw(1, 'a/kernel'));
    expect(draw(1, 'a/kernel')).not.toEqual(draw(2, 'a/kernel'));
    expect(draw(1, 'a/kernel')).not.toEqual(draw(1, 'b/kernel'));
  });

  it('may be functions', () => {
    expect(initialValues((wanted, { seed }) => new Float32Array(wanted[0]!).fill(seed), [2], random)).toEqual(
      new Float32Array([5, 5]),
    );
  });

  it("pytorchDefault takes a bias' range from the kernel", () => {
    const options = {
      useBias: true,
      kernelInitializer: initializers.zeros(),
      biasInitializer: initializers.pytorchDefault(),
    };
    const { bias } = kernelAndBias([5, 5, 4, 2000], options);
    const { largest, variance } = moments(initialValues(bias!.initializer, bias!.shape, random));
    expect(largest).toBeLessThanOrEqual(0.1);
    expect(variance).toBeCloseTo(0.01 / 3, 3);
  });

  it('that are impossible are refused', () => {
    const draw = (record: KindRecord) => () => initialValues(record, shape, random);
    expect(draw({ type: 'glorotUnifrom' })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: conv2d/kernel: initializer is {"type":"glorotUnifrom"}, which is no known initialiser. Did you mean 'glorotUniform'? Known: zeros, ones, constant, randomNormal, truncatedNormal, randomUniform, varianceScaling, glorotUniform, glorotNormal, heUniform, heNormal, lecunUniform, lecunNormal, identity, orthogonal, pytorchDefault. A function (shape, random) => Float32Array works too.]`,
    );
    expect(draw({ type: 'varianceScaling', mode: 'fanin' })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: conv2d/kernel: initializer: mode is "fanin". Did you mean 'fanIn'? Known: fanIn, fanOut, fanAvg.]`,
    );
    expect(draw({ type: 'varianceScaling', distribution: 'normal' })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: conv2d/kernel: initializer: distribution is "normal". Known: truncatedNormal, untruncatedNormal, uniform.]`,
    );
    expect(draw({ type: 'constant', value: 'one' })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: conv2d/kernel: initializer: value is "one", but must be a finite number.]`,
    );
  });
});
