import {
  getKernelsForBackend,
  type DataStorage,
  type DataType,
  type KernelBackend,
  type KernelConfig,
  type TensorInfo,
} from '@tensorflow/tfjs-core';

/** What the engine's backend stands on, and the kernels for all that ours do not compute. */
export interface StockKernels {
  Base: new () => HostBackend;
  kernels: readonly KernelConfig[];
}

/** A backend of the engine that keeps count of whoever holds a tensor. */
export interface HostBackend extends KernelBackend {
  /** What lies in it is each backend's own. */
  readonly data: DataStorage<{ refCount: number }>;
  makeTensorInfo(shape: number[], dtype: DataType, values?: unknown): TensorInfo;
}

/** All of the stock CPU backend. */
export async function loadStockKernels(): Promise<StockKernels> {
  // Importing it registers that backend, which is why it is not imported above.
  const { MathBackendCPU } = await import('@tensorflow/tfjs-backend-cpu');
  return { Base: MathBackendCPU as unknown as StockKernels['Base'], kernels: getKernelsForBackend('cpu') };
}
