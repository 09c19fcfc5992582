import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelBackend } from '../kernel.ts';
import { elementsPerItem, itemsOf } from './split.ts';

const reluKind = 0;

/** Address of dy where y > 0 and 0 elsewhere, in working memory; of dy itself without y. */
export function maskByOutput(backend: KernelBackend, dy: TensorInfo, y: TensorInfo | undefined): number {
  if (!y) return backend.address(dy);
  const length = sizeOf(dy.shape);
  const target = backend.temporary(length * 4);
  const args = [backend.address(y), target, length, elementsPerItem, reluKind, 0, 0, 0, 0, backend.address(dy)];
  backend.run('activateGradient', args, { items: itemsOf(length, elementsPerItem) });
  return target;
}
