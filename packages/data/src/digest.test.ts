import { expect, test, vi } from 'vitest';
import { arrayDataset } from './array-dataset.ts';
import type { Dataset } from './dataset.ts';
import { subset } from './subset.ts';
import { digestOf } from './digest.ts';

const pixels = Uint8Array.from({ length: 6 * 4 }, (_, place) => place);
const make = (changes: object = {}): Dataset =>
  arrayDataset({
    name: 'six',
    pixels,
    labels: [0, 1, 0, 1, 0, 1],
    inputShape: [2, 2, 1],
    classNames: ['a', 'b'],
    ...changes,
  });

test('each part of the contents has its digest, and nothing else has', async () => {
  const digest = await digestOf(make());
  expect(digest).toMatchObject({ inputShape: [2, 2, 1], images: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(await digestOf(make({ name: 'other', pixels: Uint8ClampedArray.from(pixels) }))).toEqual(digest);
  expect(await digestOf(make({ labels: Uint8Array.of(0, 1, 0, 1, 0, 1) }))).toEqual(digest);
  expect(await digestOf(subset(make(), [0, 1, 2, 3, 4, 5]))).toEqual(digest);
  const differing = async (changes: object): Promise<string[]> =>
    Object.entries(await digestOf(make(changes)))
      .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(digest[name as 'labels']))
      .map(([name]) => name);
  expect(await differing({ pixels: pixels.map((pixel) => (pixel === 23 ? 24 : pixel)) })).toEqual(['images']);
  expect(await differing({ labels: [0, 1, 0, 1, 1, 0] })).toEqual(['labels']);
  expect(await differing({ classNames: ['a', 'c'] })).toEqual(['classNames']);
  expect(await differing({ inputShape: [1, 4, 1] })).toEqual(['inputShape']);
});

test('is computed once for a data set, also in parts, in shared memory and without WebCrypto', async () => {
  const length = 1100;
  const large = {
    pixels: new Uint8Array(length * 64 * 64).fill(7),
    labels: new Uint8Array(length),
    inputShape: [64, 64, 1],
  };
  const dataset = make(large);
  expect(digestOf(dataset)).toBe(digestOf(dataset));
  const digest = await digestOf(dataset);
  const shared = new Uint8Array(new SharedArrayBuffer(large.pixels.length));
  shared.set(large.pixels);
  expect(await digestOf(make({ ...large, pixels: shared }))).toEqual(digest);
  shared[shared.length - 1] = 8;
  expect((await digestOf(make({ ...large, pixels: shared }))).images).not.toBe(digest.images);
  vi.stubGlobal('crypto', {});
  expect(await digestOf(make(large))).toEqual(digest);
  vi.unstubAllGlobals();
});

test('a data set that is read one by one brings its own, which a part of it carries on', async () => {
  const { pixels: _, ...read } = make();
  expect(await digestOf(read)).not.toHaveProperty('images');
  const own = { ...read, digest: async () => 'files of 2026' };
  expect(await digestOf(own)).toHaveProperty('images', 'files of 2026');
  const images = await Promise.all(
    [
      [0, 1],
      [1, 0],
      [2, 3],
    ].map(async (part) => (await digestOf(subset(own, part))).images),
  );
  expect(new Set(images).size).toBe(3);
  expect((await digestOf(subset({ ...own, digest: () => 'other files' }, [0, 1]))).images).not.toBe(images[0]);
});
