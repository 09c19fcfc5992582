import { sizeOf } from '@striate/core';
import type { KernelBackend } from '../kernel.ts';
import { elementsPerItem, itemsOf } from './split.ts';
import { joinAxes } from './strides.ts';

/** A place to start and the elements to go along each axis. */
export interface Strided {
  address: number;
  strides: readonly number[];
}

export const bytesOf = (dtype: string): number => (dtype === 'bool' ? 1 : 4);

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
export function fill(backend: KernelBackend, dtype: string, address: number, length: number, value: number): void {
  const assemblyKernel = dtype === 'float32' ? 'fillFloat' : dtype === 'int32' ? 'fillInt' : 'fillByte';
  backend.run(assemblyKernel, [address, length, elementsPerItem, value], { items: itemsOf(length, elementsPerItem) });
}
