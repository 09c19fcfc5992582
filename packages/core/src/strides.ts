import { sizeOf } from './shape.ts';

/** Elements from one place to the next along each axis. */
export function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

/** Strides of a tensor that is read as if it had the shape `target`: 0 where it is repeated. */
export function broadcastStrides(shape: readonly number[], target: readonly number[]): number[] {
  const own = stridesOf(shape);
  const missing = target.length - shape.length;
  return target.map((_, axis) => (axis < missing || shape[axis - missing] === 1 ? 0 : own[axis - missing]!));
}

/** A walk over all places of a shape, and how far each tensor moves along each axis. */
export interface Walk {
  shape: number[];
  /** One list of strides for each tensor. */
  strides: number[][];
}

/** The same walk with as few axes as possible: those along which all tensors move evenly are joined. */
export function joinAxes(shape: readonly number[], strides: readonly (readonly number[])[]): Walk {
  const joined: Walk = { shape: [], strides: strides.map(() => []) };
  for (const [axis, size] of shape.entries()) {
    if (size === 1) continue;
    const last = joined.shape.length - 1;
    const even = last >= 0 && strides.every((list, tensor) => joined.strides[tensor]![last] === list[axis]! * size);
    if (even) joined.shape[last]! *= size;
    else joined.shape.push(size);
    for (const [tensor, list] of strides.entries()) joined.strides[tensor]![even ? last : last + 1] = list[axis]!;
  }
  // A single place is still a walk along one axis.
  return joined.shape.length > 0 ? joined : { shape: [1], strides: strides.map(() => [1]) };
}
