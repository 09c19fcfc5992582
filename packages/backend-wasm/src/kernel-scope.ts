import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelBackend, Work } from './kernel.ts';
import { isNumeric, toArrayOf } from './stored-tensor.ts';
import type { TensorBackend } from './tensor-backend.ts';

/** What one call of a kernel allocates, so that it can be given back when the call ends. */
export class KernelScope implements KernelBackend {
  readonly winograd: boolean;
  readonly #backend: TensorBackend;
  readonly #temporaries: number[] = [];
  readonly #outputs: TensorInfo[] = [];

  constructor(backend: TensorBackend, winograd: boolean) {
    this.#backend = backend;
    this.winograd = winograd;
  }

  address(tensor: TensorInfo): number {
    const stored = this.#backend.stored(tensor);
    if (stored.dtype === tensor.dtype || !isNumeric(tensor.dtype)) return stored.address();
    // A stock Cast relabels a tensor without converting its elements.
    const values = toArrayOf(tensor.dtype, stored.view());
    const converted = this.temporary(values.byteLength);
    const { buffer } = this.#backend.runtime.memory;
    new Uint8Array(buffer, converted, values.byteLength).set(new Uint8Array(values.buffer));
    return converted;
  }

  output(shape: readonly number[], dtype: DataType = 'float32'): TensorInfo {
    return this.#made(this.#backend.empty(shape, dtype));
  }

  alias(tensor: TensorInfo, shape: readonly number[]): TensorInfo {
    this.#backend.incRef(tensor.dataId);
    return this.#made({ dataId: tensor.dataId, shape: [...shape], dtype: tensor.dtype });
  }

  temporary(bytes: number): number {
    const address = this.#backend.runtime.allocator.allocate(bytes);
    this.#temporaries.push(address);
    return address;
  }

  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.#backend.runtime.memory.buffer, address, length);
  }

  run(assemblyKernel: string, args: readonly number[], work: Work): void {
    this.#backend.runtime.run(assemblyKernel, args, work);
  }

  /** Runs a kernel and frees its temporaries; its outputs too, if it throws. */
  enter<T>(body: () => T): T {
    try {
      return body();
    } catch (error) {
      for (const { dataId } of this.#outputs) this.#backend.disposeData(dataId);
      throw error;
    } finally {
      for (const address of this.#temporaries) this.#backend.runtime.allocator.free(address);
    }
  }

  #made(tensor: TensorInfo): TensorInfo {
    this.#outputs.push(tensor);
    return tensor;
  }
}
