/** The arrays that tensors are written from and read into. */
export type TensorData =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

/** One tensor of a file. */
export interface StoredTensor {
  /** [] for a single number. */
  readonly shape: readonly number[];
  readonly dtype: TensorType;
  /** As many elements as the shape says, the last axis fastest. */
  readonly data: TensorData;
}

/** Element types as safetensors names them. F16 and BF16 are raw 16-bit words, BOOL is bytes. */
export type TensorType = keyof typeof arrayOf;

/** The array type that holds each element type. */
export const arrayOf: {
  readonly F64: Float64ArrayConstructor;
  readonly F32: Float32ArrayConstructor;
  readonly F16: Uint16ArrayConstructor;
  readonly BF16: Uint16ArrayConstructor;
  readonly I64: BigInt64ArrayConstructor;
  readonly I32: Int32ArrayConstructor;
  readonly I16: Int16ArrayConstructor;
  readonly I8: Int8ArrayConstructor;
  readonly U64: BigUint64ArrayConstructor;
  readonly U32: Uint32ArrayConstructor;
  readonly U16: Uint16ArrayConstructor;
  readonly U8: Uint8ArrayConstructor;
  readonly BOOL: Uint8ArrayConstructor;
} = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U64: BigUint64Array,
  U32: Uint32Array,
  U16: Uint16Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
};

/** In bytes; 100,000 tensors fit. The format allows 100 MB, which are seconds of work for a few kilobytes of weights. */
export const longestHeader = 16_000_000;

/** Whether a name read from a file is an element type. */
export function isTensorType(name: unknown): name is TensorType {
  return typeof name === 'string' && Object.hasOwn(arrayOf, name);
}
