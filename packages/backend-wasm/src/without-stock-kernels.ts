import { BackendError } from '@striate/core';
import { DataStorage, engine, KernelBackend, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import { stockKernelNames } from './stock-kernel-names.ts';
import type { HostBackend, StockKernels } from './stock-kernels.ts';

/** No stock kernels: each name of one is an error that says what to import. */
export async function withoutStockKernels(): Promise<StockKernels> {
  const kernels = stockKernelNames.map((kernelName) => ({
    kernelName,
    backendName: 'striate-wasm',
    kernelFunc: () => {
      throw new BackendError(
        `wasm: ${kernelName}, of these types and options, is computed by a stock kernel, and '@striate/backend-wasm/lean' has none. ` +
          "Write import { wasm } from '@striate/backend-wasm', which is 40 kB more.",
      );
    },
  }));
  return { Base: CountingBackend, kernels };
}

/** What the stock CPU backend does besides its kernels. */
class CountingBackend extends KernelBackend implements HostBackend {
  readonly data: DataStorage<{ refCount: number }> = new DataStorage(this, engine());

  override refCount(dataId: object): number {
    return this.data.has(dataId) ? this.data.get(dataId).refCount : 0;
  }

  override incRef(dataId: object): void {
    this.data.get(dataId).refCount++;
  }

  decRef(dataId: object): void {
    if (this.data.has(dataId)) this.data.get(dataId).refCount--;
  }

  override numDataIds(): number {
    return this.data.numDataIds();
  }

  override disposeData(dataId: object, force = false): boolean {
    if (!this.data.has(dataId)) return true;
    const entry = this.data.get(dataId);
    entry.refCount--;
    if (!force && entry.refCount > 0) return false;
    this.data.delete(dataId);
    return true;
  }

  makeTensorInfo(_shape: number[], dtype: DataType): TensorInfo {
    throw new BackendError(
      `wasm: tensors of ${dtype} need '@striate/backend-wasm', and this is '@striate/backend-wasm/lean'.`,
    );
  }

  override async time(run: () => void): Promise<{ kernelMs: number }> {
    const start = performance.now();
    run();
    return { kernelMs: performance.now() - start };
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override dispose(): void {
    // Nothing but what is counted above.
  }
}
