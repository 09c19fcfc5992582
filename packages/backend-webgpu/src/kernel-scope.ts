import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { Dispatch, Gpu } from './kernel.ts';
import type { TensorBackend } from './tensor-backend.ts';

/** What one call of a kernel allocates, so that it can be given back when the call ends. */
export class KernelScope implements Gpu {
  readonly limits: GPUSupportedLimits;
  readonly features: { subgroups: boolean; f16: boolean };
  readonly #backend: TensorBackend;
  readonly #scratch: TensorInfo[] = [];
  readonly #outputs: TensorInfo[] = [];

  constructor(backend: TensorBackend) {
    this.#backend = backend;
    const { limits, features } = backend.device;
    this.limits = limits;
    this.features = { subgroups: features.has('subgroups'), f16: features.has('shader-f16') };
  }

  output(shape: readonly number[], dtype: DataType = 'float32'): TensorInfo {
    const tensor = this.#backend.makeTensorInfo([...shape], dtype);
    this.#outputs.push(tensor);
    return tensor;
  }

  alias(tensor: TensorInfo, shape: readonly number[]): TensorInfo {
    this.#backend.incRef(tensor.dataId);
    const alias = { dataId: tensor.dataId, shape: [...shape], dtype: tensor.dtype };
    this.#outputs.push(alias);
    return alias;
  }

  scratch(shape: readonly number[], dtype: DataType = 'float32'): TensorInfo {
    const tensor = this.#backend.makeTensorInfo([...shape], dtype);
    this.#scratch.push(tensor);
    return tensor;
  }

  dispatch(dispatch: Dispatch): void {
    this.#backend.dispatch(dispatch);
  }

  /** Runs a kernel and frees its working memory; its outputs too, if it throws. */
  enter<T>(body: () => T): T {
    try {
      return body();
    } catch (error) {
      for (const { dataId } of this.#outputs) this.#backend.disposeData(dataId);
      throw error;
    } finally {
      for (const { dataId } of this.#scratch) this.#backend.disposeData(dataId);
    }
  }
}
