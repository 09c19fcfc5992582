import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelBackend } from '../kernel.ts';
import { elementsPerItem, itemsOf } from './split.ts';

const reluKind = 0;

/** Address of dy where y > 0 and 0 elsewhere, in working memory; of dy itself without y. */
export function maskByOutput(backend: KernelBackend, dy: TensorInfo, y: TensorInfo | undefined): number {
  if (!y) return backend.address(dy);
  const target = backend.temporary(sizeOf(dy.shape) * 4);
  writeMasked(backend, { dy, y }, target);
  return target;
}

/** Makes 0 of all negative numbers of a tensor that nobody has seen yet; NaN stays. */
export function rectify(backend: KernelBackend, y: TensorInfo): void {
  const [address, length] = [backend.address(y), sizeOf(y.shape)];
  const args = [address, address, length, elementsPerItem, reluKind, 0, 0, 0, 0];
  backend.run('activate', args, { items: itemsOf(length, elementsPerItem) });
}

/** Writes dy where y > 0, and 0 elsewhere, to an address. */
export function writeMasked(
  backend: KernelBackend,
  { dy, y }: { dy: TensorInfo; y: TensorInfo },
  target: number,
): void {
  const length = sizeOf(dy.shape);
  const args = [backend.address(y), target, length, elementsPerItem, reluKind, 0, 0, 0, 0, backend.address(dy)];
  backend.run('activateGradient', args, { items: itemsOf(length, elementsPerItem) });
}
