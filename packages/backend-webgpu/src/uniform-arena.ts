import { BackendError } from '@striate/core';
import type { Uniform } from './kernel.ts';

/** Dynamic offsets are multiples of this on every device. */
const slotBytes = 256;
const slots = 1024;

/** The uniforms of all dispatches that wait for their submit: one buffer, written by one call. */
export class UniformArena {
  readonly layout: GPUBindGroupLayout;
  readonly bindGroup: GPUBindGroup;
  readonly #queue: GPUQueue;
  readonly #buffer: GPUBuffer;
  readonly #data = new ArrayBuffer(slots * slotBytes);
  readonly #view = new DataView(this.#data);
  #used = 0;

  constructor(device: GPUDevice) {
    this.#queue = device.queue;
    this.#buffer = device.createBuffer({
      label: 'uniforms',
      size: slots * slotBytes,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
    this.layout = device.createBindGroupLayout({
      entries: [
        { binding: 0, visibility: GPUShaderStage.COMPUTE, buffer: { type: 'uniform', hasDynamicOffset: true } },
      ],
    });
    this.bindGroup = device.createBindGroup({
      layout: this.layout,
      entries: [{ binding: 0, resource: { buffer: this.#buffer, size: slotBytes } }],
    });
  }

  get full(): boolean {
    return this.#used === slots;
  }

  /** Keeps the values until the submit; returns their offset. */
  add(name: string, uniforms: readonly Uniform[]): number {
    if (uniforms.length * 4 > slotBytes) {
      throw new BackendError(`webgpu: '${name}' has ${uniforms.length} uniforms, but at most ${slotBytes / 4} fit.`);
    }
    const offset = this.#used++ * slotBytes;
    for (const [index, { type, value }] of uniforms.entries()) {
      const place = offset + 4 * index;
      if (type === 'f32') this.#view.setFloat32(place, value, true);
      else if (type === 'i32') this.#view.setInt32(place, value, true);
      else this.#view.setUint32(place, value, true);
    }
    return offset;
  }

  /** Brings all to the device: right before the submit of the dispatches that read them. */
  write(): void {
    if (this.#used > 0) this.#queue.writeBuffer(this.#buffer, 0, this.#data, 0, this.#used * slotBytes);
    this.#used = 0;
  }

  release(): void {
    this.#buffer.destroy();
  }
}
