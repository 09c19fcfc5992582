import { ops } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import { flag, float32, type } from '../attributes.ts';
import { defineKernel, type Kernel } from '../kernel.ts';

export const mean: Kernel = defineKernel(ops.mean, {
  run({ inputs: { x }, run }) {
    const axes = run.constants.integers(x.shape.map((_, axis) => axis));
    return [run.one('Mean', [run.of(x), axes], [float32, type('Tidx', 'int32'), flag('keep_dims', false)])];
  },
});

export const meanGradient: Kernel = defineKernel(ops.meanGradient, {
  run({ inputs: { dy }, attributes: { inputShape }, run }) {
    const share = run.scaled(run.of(dy), 1 / sizeOf(inputShape));
    return [run.one('Fill', [run.constants.integers(inputShape), share], [float32, type('index_type', 'int32')])];
  },
});
