import type { TensorInfo } from '@tensorflow/tfjs-core';
import { flag, float32, type } from '../attributes.ts';
import { namedKernel, type Kernel } from '../kernel.ts';

/** In place of tfjs-node's, which calls oneDNN's: its sums along the last axis miss 1 by more than float32 has to. */
export const softmax: Kernel = namedKernel<{ logits: TensorInfo }, object>('Softmax', {
  run({ inputs: { logits }, run }) {
    const x = run.of(logits);
    const axis = run.constants.integers([logits.shape.length - 1]);
    const largest = run.one('Max', [x, axis], [float32, type('Tidx', 'int32'), flag('keep_dims', true)]);
    const powers = run.one('Exp', [run.one('Sub', [x, largest])]);
    return [run.one('RealDiv', [powers, run.sum(powers, [logits.shape.length - 1], true)])];
  },
});
