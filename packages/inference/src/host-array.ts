import { arrayKind } from '@striate/core';

/**
 * A Float32Array of this realm on the same memory, if the value is one of any realm: frames and test runners have
 * constructors of their own, which the engine does not know.
 */
export function asFloat32Array(value: unknown): Float32Array | undefined {
  if (value instanceof Float32Array) return value;
  if (arrayKind(value) !== 'Float32Array') return undefined;
  const { buffer, byteOffset, length } = value as Float32Array;
  return new Float32Array(buffer, byteOffset, length);
}

/** The same of an Int32Array. */
export function asInt32Array(value: unknown): Int32Array | undefined {
  if (value instanceof Int32Array) return value;
  if (arrayKind(value) !== 'Int32Array') return undefined;
  const { buffer, byteOffset, length } = value as Int32Array;
  return new Int32Array(buffer, byteOffset, length);
}
