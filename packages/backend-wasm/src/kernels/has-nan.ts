import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelBackend } from '../kernel.ts';
import { elementsPerItem, itemsOf } from './split.ts';

/** Whether a float32 tensor holds NaN, or a number below `least`: for kernels that would lose it. */
export function hasNaN(backend: KernelBackend, tensor: TensorInfo, least: number = -Infinity): boolean {
  const length = sizeOf(tensor.shape);
  const items = itemsOf(length, elementsPerItem);
  const found = backend.temporary(items * 4);
  backend.run('anyBelow', [backend.address(tensor), found, length, elementsPerItem, least], { items });
  return backend.floats(found, items).some((flag) => flag !== 0);
}
