import { expect, test } from 'vitest';
import { permutation } from './permutation.ts';
import { philox4x32 } from './philox.ts';
import { hashName, type RandomKey, streams } from './random-key.ts';
import { randomBits, randomNormal, randomUniform, truncatedNormal } from './random.ts';

const key: RandomKey = { seed: 20, stream: streams.noise, call: 3, step: 7 };
const count = 400_000;

const meanOf = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
const momentOf = (values: Float32Array, power: number): number =>
  meanOf(Float64Array.from(values, (value) => value ** power));

test('randomBits lays out blocks as documented', () => {
  const bits = randomBits(key, { sample: 5, length: 10 });
  expect(bits).toHaveLength(10);
  bits.forEach((word, element) => {
    expect(word).toBe(philox4x32([element >> 2, 5, key.call, key.step], [key.seed, key.stream])[element & 3]);
  });
});

test('a longer draw begins with the shorter one, for every distribution', () => {
  for (const draw of [randomUniform, randomNormal, truncatedNormal]) {
    expect(draw(key, 1001).slice(0, 77)).toEqual(draw(key, 77));
    expect(draw(key, 0)).toHaveLength(0);
  }
});

test('every field of the key and the sample changes the numbers', () => {
  const draws = [
    randomBits(key, { length: 4 }),
    randomBits({ ...key, seed: 21 }, { length: 4 }),
    randomBits({ ...key, stream: streams.dropout }, { length: 4 }),
    randomBits({ ...key, call: 4 }, { length: 4 }),
    randomBits({ ...key, step: 8 }, { length: 4 }),
    randomBits(key, { sample: 1, length: 4 }),
  ];
  expect(new Set(draws.map((draw) => draw.join())).size).toBe(draws.length);
});

test('randomUniform is uniform on its range', () => {
  const values = randomUniform(key, count);
  expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
  expect(Math.abs(meanOf(values) - 0.5)).toBeLessThan((5 * Math.sqrt(1 / 12)) / Math.sqrt(count));
  const bins = new Float64Array(100);
  for (const value of values) bins[Math.floor(value * 100)]! += 1;
  const chiSquare = bins.reduce((sum, bin) => sum + (bin - count / 100) ** 2 / (count / 100), 0);
  expect(chiSquare).toBeLessThan(99 + 5 * Math.sqrt(2 * 99));
  expect(chiSquare).toBeGreaterThan(99 - 5 * Math.sqrt(2 * 99));
  const shifted = randomUniform(key, count, { minimum: -3, maximum: 5 });
  expect(shifted.every((value, index) => value === Math.fround(-3 + 8 * values[index]!))).toBe(true);
});

test('randomNormal has the moments, tails and independence of a Gaussian', () => {
  const values = randomNormal(key, count);
  const error = 5 / Math.sqrt(count);
  expect(Math.abs(momentOf(values, 1))).toBeLessThan(error);
  expect(Math.abs(momentOf(values, 2) - 1)).toBeLessThan(error * Math.sqrt(2));
  expect(Math.abs(momentOf(values, 3))).toBeLessThan(error * Math.sqrt(15));
  expect(Math.abs(momentOf(values, 4) - 3)).toBeLessThan(error * Math.sqrt(96));
  const beyond3 = meanOf(Float64Array.from(values, (value) => (Math.abs(value) > 3 ? 1 : 0)));
  expect(Math.abs(beyond3 - 0.0026998)).toBeLessThan(error * Math.sqrt(0.0027));
  for (const lag of [1, 2, 3, 4]) {
    const products = values.slice(lag).map((value, index) => value * values[index]!);
    expect(Math.abs(meanOf(products))).toBeLessThan(error);
  }
  const scaled = randomNormal(key, 4, { mean: 2, standardDeviation: 0.5 });
  scaled.forEach((value, index) => expect(value).toBeCloseTo(2 + 0.5 * values[index]!, 6));
});

test('randomNormal draws bits that are written down', () => {
  expect(new Uint32Array(randomNormal(key, 6).buffer)).toMatchInlineSnapshot(`
    Uint32Array [
      1071233776,
      3204105485,
      1065652394,
      3188069966,
      3213417301,
      1059959816,
    ]
  `);
});

test('truncatedNormal stays within two deviations and has their deviation', () => {
  const values = truncatedNormal(key, count);
  expect(values.every((value) => Math.abs(value) <= 2)).toBe(true);
  expect(Math.abs(meanOf(values))).toBeLessThan(5 / Math.sqrt(count));
  expect(Math.sqrt(momentOf(values, 2))).toBeCloseTo(0.8796257, 2);
  const untouched = randomNormal(key, count);
  expect(values.every((value, index) => Math.abs(untouched[index]!) > 2 || value === untouched[index])).toBe(true);
});

test('permutation holds every index once and hangs on the key', () => {
  for (const length of [0, 1, 2, 1000]) {
    expect(Array.from(permutation(key, length)).sort((a, b) => a - b)).toEqual(
      Array.from({ length }, (_, index) => index),
    );
  }
  expect(permutation(key, 1000)).toEqual(permutation(key, 1000));
  expect(permutation(key, 1000)).not.toEqual(permutation({ ...key, step: 8 }, 1000));
});

test('permutation makes every order of four equally often', () => {
  const trials = 48_000;
  const counts = new Map<string, number>();
  for (let step = 0; step < trials; step++) {
    const order = permutation({ ...key, step }, 4).join();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(24);
  const expected = trials / 24;
  const chiSquare = [...counts.values()].reduce((sum, times) => sum + (times - expected) ** 2 / expected, 0);
  expect(chiSquare).toBeLessThan(23 + 5 * Math.sqrt(46));
});

test('hashName is FNV-1a', () => {
  expect([hashName(''), hashName('a'), hashName('foobar')]).toEqual([0x811c9dc5, 0xe40c292c, 0xbf9cf968]);
});

test('bad keys, ranges and deviations are refused', () => {
  for (const seed of [-1, 1.5, 2 ** 32, Number.NaN]) {
    expect(() => randomBits({ ...key, seed }, { length: 1 })).toThrow('seed');
  }
  expect(() => permutation({ ...key, seed: -1 }, 3)).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: random: seed is -1, but must be an integer from 0 to 4294967295.]`,
  );
  expect(() => randomBits({ ...key, step: 0.5 }, { length: 1 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: random: step is 0.5, but must be an integer from 0 to 4294967295.]`,
  );
  expect(() => randomBits(key, { length: -1 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: random: length is -1, but must be an integer from 0 to 4294967295.]`,
  );
  expect(() => randomUniform(key, 1, { minimum: 1, maximum: 0 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: randomUniform: the range is 1 to 0, but needs finite minimum <= maximum.]`,
  );
  expect(() => randomNormal(key, 1, { standardDeviation: -1 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: randomNormal: mean 0 and standardDeviation -1, but both must be finite and the deviation >= 0.]`,
  );
});
