import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { kernel, type Kernel } from '../kernel.ts';
import { itemsOf, rowsPerItem } from './split.ts';

export interface Source {
  seed: number;
  stream: number;
  call: number;
  step: number;
  sampleOffset: number;
}

/** Elements of a chunk of a sample: a multiple of 32, for eight blocks of four words go together. */
const longestChunk = 8192;

interface Cut {
  items: number;
  /** What both kernels of assembly/random.ts take after their output. */
  args: number[];
}

/** Items of samples, for the kernels of assembly/random.ts. */
export function cutSamples(shape: readonly number[], { sampleOffset, seed, stream, call, step }: Source): Cut {
  const [samples = 1, ...rest] = shape;
  const length = sizeOf(rest);
  const chunks = itemsOf(length, longestChunk);
  const perItem = rowsPerItem(Math.min(length, longestChunk), longestChunk);
  return {
    items: itemsOf(samples * chunks, perItem),
    args: [samples, length, chunks, longestChunk, perItem, sampleOffset, seed, stream, call, step],
  };
}

export const randomBits: Kernel = kernel<object, Source & { shape: readonly number[] }>({
  name: 'striate.RandomBits',
  run({ attributes, backend }) {
    const y = backend.output(attributes.shape, 'int32');
    const { items, args } = cutSamples(attributes.shape, attributes);
    backend.run('randomBits', [backend.address(y), ...args], { items, scratchBytes: 128 });
    return y;
  },
});

export const randomNormal: Kernel = kernel<
  object,
  Source & { shape: readonly number[]; mean: number; standardDeviation: number }
>({
  name: 'striate.RandomNormal',
  run({ attributes, backend }) {
    const y = backend.output(attributes.shape);
    const { items, args } = cutSamples(attributes.shape, attributes);
    const { mean, standardDeviation } = attributes;
    backend.run('randomNormal', [backend.address(y), ...args, mean, standardDeviation], { items, scratchBytes: 128 });
    return y;
  },
});

export const dropout: Kernel = kernel<
  { x: TensorInfo },
  Source & { rate: number; scale?: number; shift?: number; replacement?: number }
>({
  name: 'striate.Dropout',
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
