import type { DataType } from '@tensorflow/tfjs-core';

interface ElementType {
  bytes: number;
  /** Ending of the assembly kernels for this type. */
  suffix: string;
  /** Number by which assembly kernels know the type. */
  number: number;
}

const types: Partial<Record<DataType, ElementType>> = {
  float32: { bytes: 4, suffix: 'Float', number: 0 },
  int32: { bytes: 4, suffix: 'Int', number: 1 },
  bool: { bytes: 1, suffix: 'Byte', number: 2 },
};

/** What kernels need to know of a numeric dtype; they accept no others. */
export function elementType(dtype: DataType): ElementType {
  return types[dtype]!;
}
