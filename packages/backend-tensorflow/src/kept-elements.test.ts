import { randomBits, streams } from '@striate/core';
import { expect, test } from 'vitest';
import { keptElements } from './kept-elements.ts';

const word = (): number => crypto.getRandomValues(new Uint32Array(1))[0]!;

test.each([[3, 50], [2, 7, 3, 5], [1, 1], [2, 70_001], [5], [2, 0]])(
  'elements [%i, %i, ...] are kept where the random bits of core reach the threshold',
  (...shape) => {
    const [seed, call, step] = [word(), word(), word()];
    const [samples = 1, ...rest] = shape;
    const length = rest.reduce((product, size) => product * size, 1);
    for (const rate of [0, 0.3, 0.5, 0.999_999]) {
      const key = { seed, stream: streams.dropout, call, step };
      const sampleOffset = 4_000_000_000;
      const wanted = Array.from({ length: samples }, (_, sample) =>
        Array.from(randomBits(key, { sample: sampleOffset + sample, length }), (bits) =>
          Number(bits >= Math.floor(rate * 2 ** 32)),
        ),
      );
      const got = keptElements(shape, { ...key, sampleOffset, rate });
      expect(got, `seed ${seed}, call ${call}, step ${step}, rate ${rate}`).toEqual(Uint8Array.from(wanted.flat()));
    }
  },
);
