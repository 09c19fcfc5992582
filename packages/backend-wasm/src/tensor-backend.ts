import type { backend_util, DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '@striate/core';
import type { Runtime } from './runtime.ts';
import type { HostBackend, StockKernels } from './stock-kernels.ts';
import { isNumeric, StoredTensor, toArrayOf } from './stored-tensor.ts';

type Values = backend_util.BackendValues;

/** The engine's backend: tensors in WebAssembly memory that stock CPU kernels can use as well. */
export interface TensorBackend extends HostBackend {
  readonly runtime: Runtime;
  stored(tensor: TensorInfo): StoredTensor;
  /** A new tensor with undefined contents. */
  empty(shape: readonly number[], dtype: DataType): TensorInfo;
}

/** On the stock CPU backend, or on less. */
export function createTensorBackend(
  Base: StockKernels['Base'],
  runtime: Runtime,
  disposed?: (dataId: object) => void,
): TensorBackend {
  class WasmTensorBackend extends Base implements TensorBackend {
    readonly runtime = runtime;

    stored(tensor: TensorInfo): StoredTensor {
      return this.#entry(tensor.dataId);
    }

    empty(shape: readonly number[], dtype: DataType): TensorInfo {
      const entry = new StoredTensor(runtime, dtype, sizeOf(shape));
      return { dataId: this.#add(entry), shape: [...shape], dtype };
    }

    /** Copies the values at once: a tensor never shares an array with the caller. */
    override write(values: Values, shape: number[], dtype: DataType): object {
      if (!isNumeric(dtype)) return this.#add(new StoredTensor(runtime, dtype, sizeOf(shape), values));
      const entry = new StoredTensor(runtime, dtype, sizeOf(shape));
      entry.view().set(values as ArrayLike<number>);
      return this.#add(entry);
    }

    /** What stock kernels make stays on the host, where the next one would look for it. */
    override makeTensorInfo(shape: number[], dtype: DataType, values?: Values | string[]): TensorInfo {
      if (!isNumeric(dtype)) return super.makeTensorInfo(shape, dtype, values);
      const entry = this.#hostEntry(values as Values | undefined, shape, dtype);
      return { dataId: this.#add(entry), shape, dtype };
    }

    override move(dataId: object, values: Values, shape: number[], dtype: DataType, refCount: number): void {
      this.#set(dataId, this.#hostEntry(values, shape, dtype, refCount));
    }

    override async read(dataId: object): Promise<Values> {
      return this.readSync(dataId);
    }

    /** A copy, also for bool and int32. */
    override readSync(dataId: object): Values {
      const entry = this.#entry(dataId);
      if (isNumeric(entry.dtype)) return entry.view().slice();
      return entry.dtype === 'string' ? [...(entry.values as Uint8Array[])] : super.readSync(dataId);
    }

    override disposeData(dataId: object, force = false): boolean {
      const entry = this.data.has(dataId) ? this.#entry(dataId) : undefined;
      const gone = super.disposeData(dataId, force);
      if (gone && entry) {
        entry.release();
        disposed?.(dataId);
      }
      return gone;
    }

    override memory(): { unreliable: boolean; reasons: string[] } {
      return { unreliable: false, reasons: [] };
    }

    #entry(dataId: object): StoredTensor {
      return this.data.get(dataId) as StoredTensor;
    }

    #add(entry: StoredTensor): object {
      const dataId = {};
      this.#set(dataId, entry);
      return dataId;
    }

    #set(dataId: object, entry: StoredTensor): void {
      this.data.set(dataId, entry);
    }

    #hostEntry(values: Values | undefined, shape: readonly number[], dtype: DataType, refCount = 1): StoredTensor {
      const kept = values && isNumeric(dtype) ? toArrayOf(dtype, values as ArrayLike<number>) : values;
      return new StoredTensor(runtime, dtype, sizeOf(shape), kept, refCount);
    }
  }
  return new WasmTensorBackend();
}
