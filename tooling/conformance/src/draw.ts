import {
  permutation,
  randomBits,
  randomNormal,
  sizeOf,
  streams,
  type Padding,
  type Pair,
  type RandomKey,
} from '@striate/core';

/** Draws everything that a random case is made of, from one seed. */
export interface Draw {
  /** A whole number from `minimum` to `maximum`. */
  integer(minimum: number, maximum: number): number;
  /** Two of them, as for height and width. */
  pair(minimum: number, maximum: number): Pair;
  /** Padding of up to `most` on each side. */
  sides(most: number): Padding;
  pick<T>(choices: readonly T[]): T;
  normal(shape: readonly number[]): Float32Array;
  /** Distinct values, far apart: no ties, nothing near 0, so that a rounding error never changes an order or a sign. */
  apart(shape: readonly number[]): Float32Array;
}

export function createDraw(seed: number): Draw {
  let call = 0;
  const key = (): RandomKey => ({ seed, stream: streams.noise, call: call++, step: 0 });
  const integer = (minimum: number, maximum: number): number =>
    minimum + (randomBits(key(), { length: 1 })[0]! % (maximum - minimum + 1));
  return {
    integer,
    pair: (minimum, maximum) => [integer(minimum, maximum), integer(minimum, maximum)],
    sides: (most) => [integer(0, most), integer(0, most), integer(0, most), integer(0, most)],
    pick: (choices) => choices[integer(0, choices.length - 1)]!,
    normal: (shape) => randomNormal(key(), sizeOf(shape)),
    apart(shape) {
      const size = sizeOf(shape);
      return Float32Array.from(permutation(key(), size), (place) => (place - size / 2 + 0.25) * (4 / size));
    },
  };
}
