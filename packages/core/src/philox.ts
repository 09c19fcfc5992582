/** Four unsigned 32-bit words. */
export type Words4 = readonly [number, number, number, number];

const rounds = 10;
const multiplier0 = 0xd2511f53;
const multiplier1 = 0xcd9e8d57;
const weyl0 = 0x9e3779b9;
const weyl1 = 0xbb67ae85;

/** The upper 32 bits of the 64-bit product of two unsigned words, from four 16 x 16 bit products. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const lowHigh = Math.imul(aLow, bHigh);
  const highLow = Math.imul(aHigh, bLow);
  const carry = ((Math.imul(aLow, bLow) >>> 16) + (lowHigh & 0xffff) + (highLow & 0xffff)) >>> 16;
  return (Math.imul(aHigh, bHigh) + (lowHigh >>> 16) + (highLow >>> 16) + carry) | 0;
}

/** Writes one Philox block to `out[offset..offset + 3]`; plain numbers, so that nothing is allocated for a block. */
export function writePhilox(
  out: Uint32Array,
  offset: number,
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
  key0: number,
  key1: number,
): void {
  for (let round = 0; round < rounds; round++) {
    const high0 = multiplyHigh(multiplier0, counter0);
    const high1 = multiplyHigh(multiplier1, counter2);
    const low0 = Math.imul(multiplier0, counter0);
    const low1 = Math.imul(multiplier1, counter2);
    counter0 = high1 ^ counter1 ^ key0;
    counter1 = low1;
    counter2 = high0 ^ counter3 ^ key1;
    counter3 = low0;
    key0 = (key0 + weyl0) | 0;
    key1 = (key1 + weyl1) | 0;
  }
  out[offset] = counter0;
  out[offset + 1] = counter1;
  out[offset + 2] = counter2;
  out[offset + 3] = counter3;
}

/**
 * Philox-4x32-10: four random words for each counter and key, with no state at all, so that word n of a stream
 * can be had without the n - 1 before it, in any order, by any worker. Passes TestU01's BigCrush.
 *
 * Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011 (Random123).
 *
 * @param counter four unsigned 32-bit words
 * @param key two unsigned 32-bit words
 * @returns four unsigned 32-bit words
 * @example
 * ```ts
 * philox4x32([0, 0, 0, 0], [0, 0]); // [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]
 * ```
 */
export function philox4x32(counter: Words4, key: readonly [number, number]): Words4 {
  const out = new Uint32Array(4);
  writePhilox(out, 0, ...counter, ...key);
  const [word0 = 0, word1 = 0, word2 = 0, word3 = 0] = out;
  return [word0, word1, word2, word3];
}
