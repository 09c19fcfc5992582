import { sizeOf, BackendError } from '@striate/core';
import { BindGroupCache, type BoundBuffer } from './bind-group-cache.ts';
import { BufferPool } from './buffer-pool.ts';
import type { OpenDevice } from './device.ts';
import { Failures } from './failures.ts';
import { KernelTimes } from './kernel-times.ts';
import type { Binding, Dispatch } from './kernel.ts';
import { ProgramCache, tensorOf } from './program.ts';
import { Recorder } from './recorder.ts';
import { UniformArena } from './uniform-arena.ts';

/** The device with everything that dispatches need, without tensors. */
export class Runtime {
  readonly device: GPUDevice;
  readonly info: GPUAdapterInfo;
  readonly failures: Failures;
  readonly recorder: Recorder;
  /** Buffers of tensors. */
  readonly storage: BufferPool;
  /** Host writes of tensors. */
  readonly uploads: { count: number; bytes: number } = { count: 0, bytes: 0 };
  readonly kernelTimes: KernelTimes | undefined;
  readonly programs: ProgramCache;
  readonly #staging: BufferPool;
  readonly #uniforms: UniformArena;
  readonly #bindGroups: BindGroupCache;
  readonly #release: () => void;

  constructor({ device, info, release }: OpenDevice, { profile }: { profile: boolean }) {
    this.device = device;
    this.info = info;
    this.#release = release;
    this.failures = new Failures(device);
    if (profile && device.features.has('timestamp-query')) this.kernelTimes = new KernelTimes(device);
    this.recorder = new Recorder(device, this.kernelTimes);
    this.storage = new BufferPool(device, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST);
    this.#staging = new BufferPool(device, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
    this.#uniforms = new UniformArena(device);
    this.#bindGroups = new BindGroupCache(device);
    this.programs = new ProgramCache(device, this.failures, this.#uniforms.layout);
    this.recorder.around({
      before: () => this.#uniforms.write(),
      after: () => {
        this.storage.submitted();
        this.#staging.submitted();
      },
    });
  }

  /** Records a dispatch; `bufferOf` knows where tensors are. */
  dispatch(dispatch: Dispatch, bufferOf: (tensor: Exclude<Binding, { tensor: unknown }>) => GPUBuffer): void {
    this.failures.check();
    const { name, inputs = {}, outputs, uniforms, workgroups } = dispatch;
    const { pipeline, bindingLayout } = this.programs.get(dispatch);
    const limit = this.device.limits.maxComputeWorkgroupsPerDimension;
    if (Math.max(...workgroups) > limit) {
      throw new BackendError(
        `webgpu: '${name}' asks for ${workgroups.join(' x ')} workgroups, but ${limit} is the limit of each.`,
      );
    }
    const bound: BoundBuffer[] = [];
    const read = new Set<GPUBuffer>();
    const bind = (binding: Binding): GPUBuffer => {
      const tensor = tensorOf(binding);
      const buffer = bufferOf(tensor);
      const size = Math.max(16, Math.ceil(sizeOf(tensor.shape) / 4) * 16);
      bound.push({ buffer, size });
      return buffer;
    };
    for (const input in inputs) read.add(bind(inputs[input]!));
    for (const output in outputs) {
      if (read.has(bind(outputs[output]!))) {
        throw new BackendError(`webgpu: output '${output}' of '${name}' is one of its inputs as well.`);
      }
    }
    // A tensor without elements; Dawn warns.
    if (workgroups.includes(0)) return;
    if (this.#uniforms.full) this.recorder.submit();
    const pass = this.recorder.beginDispatch(name);
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, this.#bindGroups.get(bindingLayout, bound));
    if (uniforms) pass.setBindGroup(1, this.#uniforms.bindGroup, [this.#uniforms.add(name, Object.values(uniforms))]);
    pass.dispatchWorkgroups(...workgroups);
  }

  /** A buffer with these contents. */
  upload(values: Float32Array | Int32Array): GPUBuffer {
    this.failures.check();
    const buffer = this.storage.take(values.byteLength, { idle: true });
    this.uploads.count++;
    this.uploads.bytes += values.byteLength;
    this.device.queue.writeBuffer(buffer, 0, values.buffer, values.byteOffset, values.byteLength);
    return buffer;
  }

  /** The contents of a buffer when all that has been recorded so far is done. */
  async download(buffer: GPUBuffer, bytes: number): Promise<ArrayBuffer> {
    this.failures.check();
    const staging = this.#staging.take(bytes);
    this.recorder.copy(buffer, staging, Math.ceil(bytes / 4) * 4);
    const map = async (): Promise<void> => {
      await this.recorder.submitted();
      await staging.mapAsync(GPUMapMode.READ, 0, Math.ceil(bytes / 4) * 4);
    };
    await this.failures.watch(map());
    const contents = staging.getMappedRange(0, Math.ceil(bytes / 4) * 4).slice(0, bytes);
    staging.unmap();
    this.#staging.give(staging);
    return contents;
  }

  get bytesInUse(): number {
    return this.storage.bytesInUse;
  }

  get bytesReserved(): number {
    return this.storage.bytesReserved + this.#staging.bytesReserved;
  }

  stop(): void {
    this.failures.stop();
    this.storage.clear();
    this.#staging.clear();
    this.#uniforms.release();
    this.kernelTimes?.release();
    this.#release();
  }
}
