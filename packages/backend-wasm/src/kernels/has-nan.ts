import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelBackend } from '../kernel.ts';
import { elementsPerItem, itemsOf } from './split.ts';

/** Whether a float32 tensor holds NaN: for kernels that would lose it. */
export function hasNaN(backend: KernelBackend, tensor: TensorInfo): boolean {
  const length = sizeOf(tensor.shape);
  const items = itemsOf(length, elementsPerItem);
  const found = backend.temporary(items * 4);
  backend.run('anyNaN', [backend.address(tensor), found, length, elementsPerItem], { items });
  return backend.floats(found, items).some((flag) => flag !== 0);
}
