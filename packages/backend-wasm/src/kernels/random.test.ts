import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { philox4x32, randomNormal as hostNormal, sizeOf } from '@striate/core';
import { expectValues, random, startTrials, whole, type KernelTrials } from '../testing/kernel-trials.ts';
import { dropout, randomBits, randomNormal } from './random.ts';

let trials: KernelTrials;
beforeAll(async () => {
  trials = await startTrials();
});
afterAll(() => trials.stop());

const word = (): number => whole(0, 2 ** 32 - 1);
const source = (): Record<'seed' | 'stream' | 'call' | 'step' | 'sampleOffset', number> => ({
  seed: word(),
  stream: word(),
  call: word(),
  step: word(),
  sampleOffset: whole(0, 1000),
});
const shapes = [[], [1], [5], [3, 1], [7, 4], [5, 33], [2, 3, 5, 7], [0, 3], [3, 20_011], [1, 64], [200, 9]];

/** Random bits of one element at a time. */
function bitsOf(
  shape: readonly number[],
  { seed, stream, call, step, sampleOffset }: ReturnType<typeof source>,
): Uint32Array {
  const length = sizeOf(shape.slice(1));
  return Uint32Array.from({ length: sizeOf(shape) }, (_, index) => {
    const [sample, place] = [Math.floor(index / length), index % length];
    return philox4x32([place >>> 2, (sampleOffset + sample) >>> 0, call, step], [seed, stream])[place & 3]!;
  });
}

// Random123's kat_vectors, philox4x32 with 10 rounds; a tensor has no element with the block numbers of the others.
test('known answers', () => {
  const attributes = { shape: [1, 4], seed: 0, stream: 0, call: 0, step: 0, sampleOffset: 0 };
  const [bits] = trials.run(randomBits, {}, attributes);
  expect(bits!.dtype).toBe('int32');
  expect([...new Uint32Array(bits!.values.buffer)]).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
});

describe.each(shapes.map((shape) => [shape]))('shape %o', (shape) => {
  test('bits', () => {
    const attributes = source();
    const [bits] = trials.run(randomBits, {}, { shape, ...attributes });
    expect(bits!.shape).toEqual(shape);
    expect(new Uint32Array(bits!.values.buffer)).toEqual(bitsOf(shape, attributes));
  });

  test('Gaussians', () => {
    const { sampleOffset, ...key } = source();
    const [mean, standardDeviation] = [0.25, 1.5];
    const [y] = trials.run(randomNormal, {}, { shape, mean, standardDeviation, sampleOffset, ...key });
    const length = sizeOf(shape.slice(1));
    const rows = Array.from({ length: shape[0] ?? 1 }, (_, n) =>
      Array.from(hostNormal(key, length, { mean, standardDeviation, sample: sampleOffset + n })),
    );
    expectValues([...y!.values, 1], [...rows.flat(), 1], 3e-7);
  });

  test.each([0, 0.1, 0.5, 0.999])('dropout with rate %d', (rate) => {
    const attributes = source();
    const x = random(shape);
    const [y] = trials.run(dropout, { x }, { rate, ...attributes });
    const scale = Math.fround(1 / Math.fround(1 - rate));
    const threshold = Math.floor(rate * 2 ** 32);
    const bits = bitsOf(shape, attributes);
    expectValues(
      y!.values,
      x.values.map((value, index) => (bits[index]! >= threshold ? value * scale : 0)),
      0,
    );
  });
});

test('dropout with scale, shift and replacement', () => {
  const attributes = source();
  const x = random([7, 45]);
  const [scale, shift, replacement] = [0.7, 0.3, -2].map(Math.fround) as [number, number, number];
  const [y] = trials.run(dropout, { x }, { rate: 0.4, scale, shift, replacement, ...attributes });
  const bits = bitsOf([7, 45], attributes);
  expectValues(
    y!.values,
    x.values.map((value, index) =>
      bits[index]! >= Math.floor(0.4 * 2 ** 32) ? Math.fround(Math.fround(value * scale) + shift) : replacement,
    ),
    0,
  );
});

test('a sample draws the same numbers wherever it stands in a batch', () => {
  const attributes = source();
  const [all] = trials.run(randomBits, {}, { shape: [5, 37], ...attributes });
  const [last] = trials.run(
    randomBits,
    {},
    { shape: [2, 37], ...attributes, sampleOffset: attributes.sampleOffset + 3 },
  );
  expect(last!.values).toEqual(all!.values.slice(3 * 37));
});

test('keeps the share of elements that it should', () => {
  const x = random([64, 1600]);
  const [y] = trials.run(dropout, { x }, { rate: 0.3, ...source() });
  const kept = Array.from(y!.values).filter((value) => value !== 0).length / x.values.length;
  expect(Math.abs(kept - 0.7)).toBeLessThan(0.01);
});

test('Gaussians hardly differ from those of float64, near 0 and far out as well', () => {
  const key = { seed: word(), stream: word(), call: word(), step: word() };
  const attributes = { shape: [1, 1_000_000], mean: 0, standardDeviation: 1, sampleOffset: 0, ...key };
  const [y] = trials.run(randomNormal, {}, attributes);
  const wanted = hostNormal(key, 1_000_000);
  let worst = 0;
  for (const [index, value] of wanted.entries())
    worst = Math.max(worst, Math.abs(y!.values[index]! - value) / Math.max(Math.abs(value), 0.1));
  expect(worst).toBeLessThan(2e-6);
});
