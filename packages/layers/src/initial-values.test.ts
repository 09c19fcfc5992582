import { describe, expect, it } from 'vitest';
import { fans, initialValues } from './initial-values.ts';
import * as initializers from './initializers.ts';
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
  const cases: [string, initializers.InitializerRecord, number, number][] = [
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
    const mean = (record: initializers.InitializerRecord): number => moments(initialValues(record, shape, random)).mean;
    expect(mean(initializers.randomNormal({ mean: 2 }))).toBeCloseTo(2, 2);
    expect(mean(initializers.truncatedNormal({ mean: -1 }))).toBeCloseTo(-1, 2);
    expect(mean({ type: 'randomUniform', minimum: 0, maximum: 1 })).toBeCloseTo(0.5, 1);
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
    const draw = (record: initializers.InitializerRecord) => () => initialValues(record, shape, random);
    expect(draw({ type: 'glorotUnifrom' })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: conv2d/kernel: initializer is {"type":"glorotUnifrom"}, which is no known initialiser. Did you mean 'glorotUniform'? Known: zeros, ones, constant, randomNormal, truncatedNormal, randomUniform, varianceScaling, glorotUniform, glorotNormal, heUniform, heNormal, lecunUniform, lecunNormal, pytorchDefault. A function (shape, random) => Float32Array works too.]`,
    );
    expect(draw({ type: 'varianceScaling', mode: 'fanin' })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: varianceScaling: mode is 'fanin'. Did you mean 'fanIn'? Known: fanIn, fanOut, fanAvg.]`,
    );
    expect(draw({ type: 'varianceScaling', distribution: 'normal' })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: varianceScaling: distribution is 'normal'. Known: uniform, untruncatedNormal, truncatedNormal.]`,
    );
    expect(draw({ type: 'constant', value: 'one' })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: constant: value is "one", but must be a finite number.]`,
    );
  });
});
