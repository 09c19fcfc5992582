import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { kernel, type Kernel } from '../kernel.ts';
import { itemsOf, rowsPerItem } from './split.ts';

interface Source {
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

function cutSamples(shape: readonly number[], { sampleOffset, seed, stream, call, step }: Source): Cut {
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

export const dropout: Kernel = kernel<{ x: TensorInfo }, Source & { rate: number }>({
  name: 'striate.Dropout',
  run({ inputs: { x }, attributes, backend }) {
    const y = backend.output(x.shape);
    const { items, args } = cutSamples(x.shape, attributes);
    const threshold = Math.floor(attributes.rate * 2 ** 32);
    const scale = Math.fround(1 / Math.fround(1 - attributes.rate));
    backend.run('dropout', [backend.address(y), ...args, backend.address(x), threshold, scale], {
      items,
      scratchBytes: 256,
    });
    return y;
  },
});
