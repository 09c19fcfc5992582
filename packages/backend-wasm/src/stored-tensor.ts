import type { backend_util, DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { Runtime } from './runtime.ts';

export type NumericArray = Float32Array | Int32Array | Uint8Array;
type NumericType = 'float32' | 'int32' | 'bool';

const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** The dtypes whose elements can live in WebAssembly memory. */
export function isNumeric(dtype: DataType): dtype is NumericType {
  return dtype in arrays;
}

/** A copy of the values in the array that their dtype stands for. */
export function toArrayOf(dtype: NumericType, values: ArrayLike<number>): NumericArray {
  return new arrays[dtype](values);
}

/**
 * A tensor's elements: either in WebAssembly memory or on the host, never in both places. Whoever asks moves them:
 * stock kernels read `values`, ours take `address()`. Fields are those that stock tfjs kernels expect of an entry.
 */
export class StoredTensor {
  readonly dtype: DataType;
  readonly length: number;
  refCount: number;
  /** Parts of a complex64 tensor, set by the stock kernel that makes one. */
  complexTensorInfos?: { real: TensorInfo; imag: TensorInfo };
  readonly #runtime: Runtime;
  #block: number | undefined;
  #values: backend_util.BackendValues | undefined;

  /** Keeps the array it is given; a numeric tensor without one gets undefined contents in WebAssembly memory. */
  constructor(runtime: Runtime, dtype: DataType, length: number, values?: backend_util.BackendValues, refCount = 1) {
    this.#runtime = runtime;
    this.dtype = dtype;
    this.length = length;
    this.refCount = refCount;
    this.#values = values;
    if (values === undefined && isNumeric(dtype)) this.#block = this.#allocate(dtype);
  }

  /** The elements on the host, for the caller to read and write; undefined for a complex64 parent. */
  get values(): backend_util.BackendValues | undefined {
    if (this.#block !== undefined) {
      this.#values = this.view().slice();
      this.release();
    }
    return this.#values;
  }

  /** Address of the elements in WebAssembly memory. */
  address(): number {
    if (this.#block !== undefined) return this.#block;
    if (!isNumeric(this.dtype)) throw new TypeError(`a ${this.dtype} tensor has no place in WebAssembly memory`);
    this.#block = this.#allocate(this.dtype);
    this.view().set(this.#values as NumericArray);
    this.#values = undefined;
    return this.#block;
  }

  /** The numeric elements where they are; valid until the next allocation. */
  view(): NumericArray {
    if (this.#block === undefined) return this.#values as NumericArray;
    return new arrays[this.dtype as NumericType](this.#runtime.memory.buffer, this.#block, this.length);
  }

  /** Gives the WebAssembly memory back. */
  release(): void {
    if (this.#block !== undefined) this.#runtime.allocator.free(this.#block);
    this.#block = undefined;
  }

  #allocate(dtype: NumericType): number {
    return this.#runtime.allocator.allocate(this.length * arrays[dtype].BYTES_PER_ELEMENT);
  }
}
