import { ops } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import { defineKernel, type Kernel } from '../kernel.ts';
import { itemsOf, rowsPerItem } from './split.ts';

/** Elements of a chunk of a sample: a multiple of 32, for eight blocks of four words go together. */
const longestChunk = 8192;

interface Cut {
  items: number;
  /** What both kernels of assembly/random.ts take after their output. */
  args: number[];
}

/** Items of samples, for the kernels of assembly/random.ts. */
export function cutSamples(
  shape: readonly number[],
  { sampleOffset, seed, stream, call, step }: ops.RandomSource,
): Cut {
  const [samples = 1, ...rest] = shape;
  const length = sizeOf(rest);
  const chunks = itemsOf(length, longestChunk);
  const perItem = rowsPerItem(Math.min(length, longestChunk), longestChunk);
  return {
    items: itemsOf(samples * chunks, perItem),
    args: [samples, length, chunks, longestChunk, perItem, sampleOffset, seed, stream, call, step],
  };
}

export const randomBits: Kernel = defineKernel(ops.randomBits, {
  run({ attributes, backend }) {
    const y = backend.output(attributes.shape, 'int32');
    const { items, args } = cutSamples(attributes.shape, attributes);
    backend.run('randomBits', [backend.address(y), ...args], { items, scratchBytes: 128 });
    return y;
  },
});

export const randomNormal: Kernel = defineKernel(ops.randomNormal, {
  run({ attributes, backend }) {
    const y = backend.output(attributes.shape);
    const { items, args } = cutSamples(attributes.shape, attributes);
    const { mean, standardDeviation } = attributes;
    backend.run('randomNormal', [backend.address(y), ...args, mean, standardDeviation], { items, scratchBytes: 128 });
    return y;
  },
});

export const dropout: Kernel = defineKernel(ops.dropout, {
  run({ inputs: { x }, attributes, backend }) {
    const y = backend.output(x.shape);
    const { items, args } = cutSamples(x.shape, attributes);
    const { rate, scale = 1 / Math.fround(1 - rate), shift = 0, replacement = 0 } = attributes;
    const threshold = Math.floor(rate * 2 ** 32);
    backend.run('dropout', [backend.address(y), ...args, backend.address(x), threshold, scale, shift, replacement], {
      items,
      scratchBytes: 256,
    });
    return y;
  },
});
