import { ops, type AttributesOf } from '@striate/core/backend';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { float32 } from '../attributes.ts';
import { keptElements } from '../kept-elements.ts';
import { defineKernel, type Kernel } from '../kernel.ts';
import type { Operations } from '../operations.ts';
import { withFallback } from '../with-fallback.ts';

type Attributes = Required<AttributesOf<typeof ops.dropout>>;

/** By our own operation, native/dropout.cc. */
function dropped(run: Operations, x: TensorInfo, attributes: Attributes): number {
  const { rate, scale, shift, replacement, sampleOffset, seed, stream, call, step } = attributes;
  const key = Int32Array.of(Math.floor(rate * 2 ** 32), sampleOffset, seed, stream, call, step);
  const settings = Float32Array.of(scale, shift, replacement);
  const inputs = [run.of(x), run.upload(key, [key.length], 'int32'), run.upload(settings, [settings.length])];
  return run.one('StriateDropout', inputs, []);
}

/** By TensorFlow's operations; bits from the host, since TensorFlow's own Philox counts in another order. */
function selected(run: Operations, x: TensorInfo, attributes: Attributes): number {
  const { rate, scale, shift, replacement, sampleOffset, seed, stream, call, step } = attributes;
  const key = [rate, seed, stream, call, step, sampleOffset, ...x.shape].join();
  const isKept = run.madeTwice(key, () => run.upload(keptElements(x.shape, attributes), x.shape, 'bool'));
  const scaled = run.scaled(run.of(x), scale);
  const moved = shift === 0 ? scaled : run.one('AddV2', [scaled, run.constants.scalar(shift)]);
  return run.one('SelectV2', [isKept, moved, run.constants.scalar(replacement)], [float32]);
}

export const dropout: Kernel = defineKernel(ops.dropout, {
  run({ inputs: { x }, attributes, isGpu, run }) {
    const scale = attributes.scale ?? 1 / Math.fround(1 - attributes.rate);
    const all: Attributes = { shift: 0, replacement: 0, ...attributes, scale };
    const bySelection = (): number => selected(run, x, all);
    return [isGpu ? bySelection() : withFallback('StriateDropout', () => dropped(run, x, all), bySelection)];
  },
});
