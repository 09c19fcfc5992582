import {
  backend_util,
  type DataStorage,
  type DataType,
  type KernelBackend,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { BackendError, sizeOf } from '@striate/core';
import { elementTypes, isNumeric, toHostArray } from './element-types.ts';
import type { Dispatch } from './kernel.ts';
import type { Runtime } from './runtime.ts';

type Values = backend_util.BackendValues;

/** A tensor's storage: on the host until a shader needs it, from then on in a buffer alone. */
interface StoredTensor {
  dtype: DataType;
  shape: number[];
  refCount: number;
  values?: Values | undefined;
  resource?: GPUBuffer | GPUTexture | undefined;
  /** The buffer belongs to somebody else. */
  external?: boolean;
  complexTensorInfos?: { real: TensorInfo; imag: TensorInfo };
}

/** The engine's backend: tensors on our device that stock WebGPU kernels can use as well. */
export interface TensorBackend extends KernelBackend {
  readonly runtime: Runtime;
  readonly device: GPUDevice;
  stored(tensor: TensorInfo): StoredTensor;
  makeTensorInfo(shape: number[], dtype: DataType, values?: Values | string[]): TensorInfo;
  /** Records a dispatch on tensors. */
  dispatch(dispatch: Dispatch): void;
}

/** Those parts of the stock backend that we call or replace; TypeScript hides some that its own methods reach. */
interface StockBackend extends KernelBackend {
  device: GPUDevice;
  tensorMap: DataStorage<StoredTensor>;
  textureManager: { releaseTexture(texture: GPUTexture): void };
  bufferManager: { releaseBuffer(buffer: GPUBuffer): void };
  dispatchCountInPass: number;
  uniformPendingDisposal: GPUBuffer[];
  nextDataId(): number;
  makeTensorInfo(shape: number[], dtype: DataType, values?: Values | string[]): TensorInfo;
  submitQueue(): void;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  uploadToGPU(dataId: object): void;
  copyBuffer(buffer: GPUBuffer): GPUBuffer;
  recordAndSubmit(program: object, output: TensorInfo, inputs: TensorInfo[], uniforms?: object[]): void;
}

/** The base class is passed in because importing its package registers the stock WebGPU backend. */
export function createTensorBackend(Base: typeof WebGPUBackend, runtime: Runtime): TensorBackend {
  // Its private methods are replaced below, which the class's own type forbids.
  const Stock = Base as unknown as new (device: GPUDevice, info: GPUAdapterInfo) => StockBackend;
  const { recorder, storage } = runtime;

  class WebGpuTensorBackend extends Stock implements TensorBackend {
    readonly runtime = runtime;

    constructor() {
      super(runtime.device, runtime.info);
      recorder.around({
        after: () => {
          for (const buffer of this.uniformPendingDisposal) this.bufferManager.releaseBuffer(buffer);
          this.uniformPendingDisposal = [];
        },
      });
    }

    stored({ dataId }: TensorInfo): StoredTensor {
      return this.tensorMap.get(dataId);
    }

    dispatch(dispatch: Dispatch): void {
      runtime.dispatch(dispatch, (tensor) => this.#buffer(tensor));
    }

    /** Copies the values at once: a tensor never shares an array with the caller. */
    override write(values: Values, shape: number[], dtype: DataType): object {
      const dataId = { id: this.nextDataId() };
      this.move(dataId, values, shape, dtype, 1);
      return dataId;
    }

    override move(dataId: object, values: Values, shape: number[], dtype: DataType, refCount: number): void {
      if (dtype === 'complex64' && values) {
        throw new BackendError('webgpu: a complex64 tensor is made out of two parts: use complex(real, imag).');
      }
      const kept = values && isNumeric(dtype) ? toHostArray(dtype, values as ArrayLike<number>) : values;
      this.tensorMap.set(dataId, { dtype, shape, refCount, values: kept });
    }

    /** Reading leaves the tensor where it is: nothing is kept on the host that could go stale. */
    override async read(dataId: object): Promise<Values> {
      runtime.failures.check();
      const { values, dtype, shape, resource, complexTensorInfos } = this.tensorMap.get(dataId);
      if (values || dtype === 'string') return values!.slice();
      if (complexTensorInfos) {
        const { real, imag } = complexTensorInfos;
        const parts = await Promise.all([this.read(real.dataId), this.read(imag.dataId)]);
        return backend_util.mergeRealAndImagArrays(parts[0] as Float32Array, parts[1] as Float32Array);
      }
      if (!isNumeric(dtype)) throw new BackendError(`webgpu: a ${dtype} tensor cannot be read.`);
      const bytes = 4 * sizeOf(shape);
      if (!resource || bytes === 0) return toHostArray(dtype, { length: sizeOf(shape) });
      const contents = await runtime.download(resource as GPUBuffer, bytes);
      const elements = new elementTypes[dtype].gpu(contents);
      return dtype === 'bool' ? Uint8Array.from(elements) : elements;
    }

    override readSync(dataId: object): Values {
      const { values } = this.tensorMap.get(dataId);
      if (values) return values.slice();
      throw new BackendError(
        'webgpu: a tensor on the GPU cannot be read at once. Use `await tensor.data()` in place of `dataSync()`.',
      );
    }

    /** Its buffer may be taken again at once: later commands come later. */
    override disposeData(dataId: object, force = false): boolean {
      if (!this.tensorMap.has(dataId)) return true;
      const entry = this.tensorMap.get(dataId);
      entry.refCount = force ? 0 : entry.refCount - 1;
      if (entry.refCount > 0) return false;
      if (entry.complexTensorInfos) {
        this.disposeData(entry.complexTensorInfos.real.dataId);
        this.disposeData(entry.complexTensorInfos.imag.dataId);
      }
      this.#release(entry);
      this.tensorMap.delete(dataId);
      return true;
    }

    override numDataIds(): number {
      return this.tensorMap.numDataIds();
    }

    override memory(): { unreliable: boolean; numBytesInGPU: number; numBytesAllocatedInGPU: number } {
      return { unreliable: false, numBytesInGPU: storage.bytesInUse, numBytesAllocatedInGPU: storage.bytesReserved };
    }

    override uploadToGPU(dataId: object): void {
      const entry = this.tensorMap.get(dataId);
      if (entry.resource) return;
      const { values, dtype, shape } = entry;
      if (values && isNumeric(dtype) && values.length > 0) {
        const elements = dtype === 'bool' ? Int32Array.from(values as Uint8Array) : values;
        entry.resource = runtime.upload(elements as Float32Array | Int32Array);
        entry.values = undefined;
      } else {
        entry.resource = storage.take(4 * sizeOf(shape));
      }
    }

    // Stock methods record their commands between ours.
    get commandEncoder(): GPUCommandEncoder {
      return recorder.encoder;
    }

    set commandEncoder(_none: null) {
      // The stock constructor sets null; the recorder makes encoders.
    }

    get computePassEncoder(): GPUComputePassEncoder | null {
      return recorder.pass ?? null;
    }

    set computePassEncoder(_none: null) {
      // As above.
    }

    override ensureCommandEncoderReady(): void {
      runtime.failures.check();
    }

    override endComputePassEncoder(): void {
      recorder.endPass();
    }

    override submitQueue(): void {
      recorder.submit();
    }

    override copyBuffer(buffer: GPUBuffer): GPUBuffer {
      const copy = storage.take(buffer.size);
      recorder.copy(buffer, copy, buffer.size);
      return copy;
    }

    override recordAndSubmit(program: object, output: TensorInfo, inputs: TensorInfo[], uniforms?: object[]): void {
      runtime.failures.check();
      recorder.beginDispatch(program.constructor.name);
      super.recordAndSubmit(program, output, inputs, uniforms);
      // Else it submits after a number of dispatches.
      this.dispatchCountInPass = 0;
    }

    #buffer(tensor: TensorInfo): GPUBuffer {
      this.uploadToGPU(tensor.dataId);
      return this.stored(tensor).resource as GPUBuffer;
    }

    #release({ resource, external }: StoredTensor): void {
      if (!resource || external) return;
      if (resource instanceof GPUTexture) {
        // The host writes textures at once, not in the order of commands.
        recorder.submit();
        this.textureManager.releaseTexture(resource);
      } else if (storage.owns(resource)) storage.give(resource);
      else this.bufferManager.releaseBuffer(resource);
    }
  }
  return new WebGpuTensorBackend();
}
