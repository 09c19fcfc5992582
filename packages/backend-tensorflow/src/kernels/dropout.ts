import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ops } from '@striate/core';
import { float32 } from '../attributes.ts';
import { keptElements } from '../kept-elements.ts';
import { kernel, type Kernel } from '../kernel.ts';

export const dropout: Kernel = kernel<{ x: TensorInfo }, ops.DropoutAttributes>({
  name: 'striate.Dropout',
  run({ inputs: { x }, attributes, run }) {
    const { rate, scale = 1 / Math.fround(1 - rate), shift = 0, replacement = 0 } = attributes;
    const { seed, stream, call, step, sampleOffset } = attributes;
    const key = [rate, seed, stream, call, step, sampleOffset, ...x.shape].join();
    // Drawn on the host, since TensorFlow's own Philox counts in another order.
    const isKept = run.madeTwice(key, () => run.upload(keptElements(x.shape, attributes), x.shape, 'bool'));
    const scaled = run.scaled(run.of(x), scale);
    const moved = shift === 0 ? scaled : run.one('AddV2', [scaled, run.constants.scalar(shift)]);
    return [run.one('SelectV2', [isKept, moved, run.constants.scalar(replacement)], [float32])];
  },
});
