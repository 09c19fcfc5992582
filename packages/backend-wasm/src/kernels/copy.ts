import { joinAxes } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import type { DataType } from '@tensorflow/tfjs-core';
import type { KernelBackend } from '../kernel.ts';
import { elementType } from './element-types.ts';
import { elementsPerItem, itemsOf } from './split.ts';

/** A place to start and the elements to go along each axis. */
export interface Strided {
  address: number;
  strides: readonly number[];
}

/** Copies a box of elements of `bytes` each (1 or 4). */
export function copy(
  backend: KernelBackend,
  { shape, bytes, source, target }: { shape: readonly number[]; bytes: number; source: Strided; target: Strided },
): void {
  const length = sizeOf(shape);
  const walk = joinAxes(shape, [source.strides, target.strides]);
  backend.run(
    bytes === 1 ? 'copyBytes' : 'copyWords',
    [source.address, target.address, length, elementsPerItem, walk.shape.length, ...walk.shape, ...walk.strides.flat()],
    { items: itemsOf(length, elementsPerItem) },
  );
}

/** Sets `length` elements of a type to one value. */
export function fill(backend: KernelBackend, dtype: DataType, address: number, length: number, value: number): void {
  backend.run(`fill${elementType(dtype).suffix}`, [address, length, elementsPerItem, value], {
    items: itemsOf(length, elementsPerItem),
  });
}
