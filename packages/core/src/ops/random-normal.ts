import { tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, only, type Op } from '../define-op.ts';
import { randomNormal as hostNormal } from '../random.ts';
import { sizeOf } from '../shape.ts';
import type { RandomSource } from './random-bits.ts';

export type RandomNormalAttributes = RandomSource & {
  shape: readonly number[];
  mean: number;
  standardDeviation: number;
};

export const randomNormalOp: Op<Record<never, never>, RandomNormalAttributes> = defineOp({
  name: 'striate.RandomNormal',
  varies: ['step', 'sampleOffset'],
  shapes: (_, { shape }) => [[...shape]],
  reference(_, { shape, mean, standardDeviation, sampleOffset, ...key }) {
    const [samples = 1, ...rest] = shape;
    const length = sizeOf(rest);
    const values = new Float32Array(samples * length);
    for (let n = 0; n < samples; n++)
      values.set(hostNormal(key, length, { mean, standardDeviation, sample: sampleOffset + n }), n * length);
    return tensor(values, [...shape]);
  },
});

/**
 * Gaussian random numbers, by Box and Muller's method from the bits of {@link randomBits}: each pair of words (a, b)
 * gives r cos(2 pi v) and r sin(2 pi v), r = sqrt(-2 log u), u = (a + 1) / 2^32, v = b / 2^32. Backends agree within
 * float32 rounding.
 *
 * Source: Box, Muller 1958, "A note on the generation of random normal deviates".
 *
 * @param attributes `shape` [N, ...]: sample n draws from sample number `sampleOffset + n`
 * @example
 * const noise = ops.randomNormal({ shape: [8, 3], seed: 1, stream: streams.noise, call: 0, step: 0, sampleOffset: 0 });
 */
export function randomNormal({
  mean = 0,
  standardDeviation = 1,
  ...source
}: RandomSource & { shape: readonly number[]; mean?: number; standardDeviation?: number }): Tensor {
  return only(randomNormalOp({}, { ...source, mean, standardDeviation }));
}
