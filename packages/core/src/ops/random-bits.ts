import { tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, only, type Op } from '../define-op.ts';
import type { RandomKey } from '../random-key.ts';
import { randomBits as hostBits } from '../random.ts';
import { sizeOf } from '../shape.ts';

/** Where random numbers come from: the key, and the place of the first sample in the whole batch. */
export type RandomSource = RandomKey & { sampleOffset: number };

/** The bits of every element of a tensor `[N, ...]`: sample n draws from sample number `sampleOffset + n`. */
export function bitsOf(
  shape: readonly number[],
  { sampleOffset, seed, stream, call, step }: RandomSource,
): Uint32Array {
  const key = { seed, stream, call, step };
  const [samples = 1, ...rest] = shape;
  const length = sizeOf(rest);
  const bits = new Uint32Array(samples * length);
  for (let n = 0; n < samples; n++) bits.set(hostBits(key, { sample: sampleOffset + n, length }), n * length);
  return bits;
}

export const randomBitsOp: Op<Record<never, never>, RandomSource & { shape: readonly number[] }> = defineOp({
  name: 'striate.RandomBits',
  varies: ['step', 'sampleOffset'],
  shapes: (_, { shape }) => [[...shape]],
  reference: (_, { shape, ...source }) => tensor(new Int32Array(bitsOf(shape, source).buffer), [...shape], 'int32'),
});

/**
 * Random bits (Philox-4x32-10), the same on every backend: an int32 tensor that holds the uint32 words.
 *
 * Source: Salmon et al. 2011, https://doi.org/10.1145/2063384.2063405
 */
export function randomBits(attributes: RandomSource & { shape: readonly number[] }): Tensor {
  return only(randomBitsOp({}, attributes));
}
