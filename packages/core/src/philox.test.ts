import { expect, test } from 'vitest';
import { philox4x32, type Words4 } from './philox.ts';

const ones = 0xffffffff;

// kat_vectors of Random123 1.14.
test.each<[Words4, [number, number], Words4]>([
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [ones, ones, ones, ones],
    [ones, ones],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
])('philox4x32(%j, %j) gives the known answer of Random123', (counter, key, words) => {
  expect(philox4x32(counter, key)).toEqual(words);
});

test('philox4x32 equals a plain version on 64-bit integers', () => {
  let state = BigInt(Date.now());
  const next = (): number => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number(state >> 32n);
  };
  for (let trial = 0; trial < 200; trial++) {
    const counter: Words4 = [next(), next(), next(), next()];
    const key: [number, number] = [next(), next()];
    expect(philox4x32(counter, key), `counter ${counter.join()} key ${key.join()}`).toEqual(plainPhilox(counter, key));
  }
});

function plainPhilox(counter: Words4, key: [number, number]): number[] {
  const mask = 0xffffffffn;
  let [c0, c1, c2, c3] = counter.map(BigInt) as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key.map(BigInt) as [bigint, bigint];
  for (let round = 0; round < 10; round++) {
    const product0 = 0xd2511f53n * c0;
    const product1 = 0xcd9e8d57n * c2;
    [c0, c1, c2, c3] = [(product1 >> 32n) ^ c1 ^ k0, product1 & mask, (product0 >> 32n) ^ c3 ^ k1, product0 & mask];
    k0 = (k0 + 0x9e3779b9n) & mask;
    k1 = (k1 + 0xbb67ae85n) & mask;
  }
  return [c0, c1, c2, c3].map(Number);
}
