import type { DataType } from '@tensorflow/tfjs-core';

export type NumericArray = Float32Array | Int32Array | Uint8Array;
export type NumericType = 'float32' | 'int32' | 'bool';

interface ElementType {
  host: new (values: ArrayLike<number>) => NumericArray;
  gpu: new (contents: ArrayBuffer) => Float32Array | Int32Array;
}

/** The arrays that stand for a dtype on the host, and in a buffer of 4-byte elements. */
export const elementTypes: Readonly<Record<NumericType, ElementType>> = {
  float32: { host: Float32Array, gpu: Float32Array },
  int32: { host: Int32Array, gpu: Int32Array },
  bool: { host: Uint8Array, gpu: Int32Array },
};

/** The dtypes whose elements can live in a buffer. */
export function isNumeric(dtype: DataType): dtype is NumericType {
  return Object.hasOwn(elementTypes, dtype);
}

/** A copy of the values in the array that their dtype stands for. */
export function toHostArray(dtype: NumericType, values: ArrayLike<number>): NumericArray {
  return new elementTypes[dtype].host(values);
}
