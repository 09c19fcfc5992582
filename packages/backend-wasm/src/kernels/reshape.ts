import type { TensorInfo } from '@tensorflow/tfjs-core';
import { kernel, type Kernel } from '../kernel.ts';

export const reshape: Kernel = kernel<{ x: TensorInfo }, { shape: readonly number[] }>({
  name: 'striate.Reshape',
  run: ({ inputs: { x }, attributes: { shape }, backend }) => backend.alias(x, shape),
});
