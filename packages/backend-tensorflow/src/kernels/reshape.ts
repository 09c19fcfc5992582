import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type, type NumericType } from '../attributes.ts';
import { namedKernel, type Kernel } from '../kernel.ts';

/** In place of tfjs-node's, which uploads the shape at every call. */
export const reshape: Kernel = namedKernel<{ x: TensorInfo }, { shape: readonly number[] }>('Reshape', {
  run({ inputs: { x }, attributes: { shape }, run }) {
    // No op of core makes tensors of other types.
    const attributes = [type('T', x.dtype as NumericType), type('Tshape', 'int32')];
    return [{ handle: run.one('Reshape', [run.of(x), run.constants.integers(shape)], attributes), dtype: x.dtype }];
  },
});
