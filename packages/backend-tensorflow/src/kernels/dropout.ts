import type { TensorInfo } from '@tensorflow/tfjs-core';
import { randomBits, sizeOf, type ops } from '@striate/core';
import { float32 } from '../attributes.ts';
import { kernel, type Kernel } from '../kernel.ts';

/** Which elements stay: drawn on the host, since TensorFlow's own Philox counts in another order. */
function keptElements({ shape }: TensorInfo, { rate, sampleOffset, ...key }: ops.DropoutAttributes): Uint8Array {
  const threshold = Math.floor(rate * 2 ** 32);
  const [samples = 1, ...rest] = shape;
  const length = sizeOf(rest);
  const kept = new Uint8Array(samples * length);
  for (let sample = 0; sample < samples; sample++) {
    const bits = randomBits(key, { sample: sampleOffset + sample, length });
    const start = sample * length;
    for (let place = 0; place < length; place++) kept[start + place] = bits[place]! >= threshold ? 1 : 0;
  }
  return kept;
}

export const dropout: Kernel = kernel<{ x: TensorInfo }, ops.DropoutAttributes>({
  name: 'striate.Dropout',
  run({ inputs: { x }, attributes, run }) {
    const { rate, scale = 1 / Math.fround(1 - rate), shift = 0, replacement = 0 } = attributes;
    const { seed, stream, call, step, sampleOffset } = attributes;
    const key = [rate, seed, stream, call, step, sampleOffset, ...x.shape].join();
    const isKept = run.madeTwice(key, () => run.upload(keptElements(x, attributes), x.shape, 'bool'));
    const scaled = run.scaled(run.of(x), scale);
    const moved = shift === 0 ? scaled : run.one('AddV2', [scaled, run.constants.scalar(shift)]);
    return [run.one('SelectV2', [isKept, moved, run.constants.scalar(replacement)], [float32])];
  },
});
