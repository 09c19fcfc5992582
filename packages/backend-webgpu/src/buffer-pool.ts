import { BackendError } from '@striate/core';

/** Submits after which a buffer that nobody took again is given back to the device. */
const keptSubmits = 64;

interface FreeBuffer {
  buffer: GPUBuffer;
  number: number;
  /** How many submits there were. */
  freedAt: number;
}

/**
 * GPU buffers by size class. A buffer may be taken again while commands that use it are not submitted yet: the queue
 * keeps their order. Only what the host writes must go to a buffer that no pending command uses.
 */
export class BufferPool {
  /** Bytes of buffers that are taken. */
  bytesInUse = 0;
  /** Bytes of all buffers. */
  bytesReserved = 0;
  readonly #device: GPUDevice;
  readonly #usage: GPUBufferUsageFlags;
  readonly #free = new Map<number, FreeBuffer[]>();
  /** All buffers, in the order in which they were made. */
  readonly #numbers = new Map<GPUBuffer, number>();
  #made = 0;
  #submits = 0;

  constructor(device: GPUDevice, usage: GPUBufferUsageFlags) {
    this.#device = device;
    this.#usage = usage;
  }

  /** A buffer of at least so many bytes with undefined contents; `idle`: one that no pending command uses. */
  take(bytes: number, { idle = false }: { idle?: boolean } = {}): GPUBuffer {
    const size = this.#sizeOf(bytes);
    this.bytesInUse += size;
    const free = this.#free.get(size) ?? [];
    const index = idle ? free.findIndex(({ freedAt }) => freedAt < this.#submits) : 0;
    if (index >= 0 && index < free.length) return free.splice(index, 1)[0]!.buffer;
    const buffer = this.#device.createBuffer({ size, usage: this.#usage });
    this.#numbers.set(buffer, ++this.#made);
    this.bytesReserved += size;
    return buffer;
  }

  owns(buffer: GPUBuffer): boolean {
    return this.#numbers.has(buffer);
  }

  give(buffer: GPUBuffer): void {
    const { size } = buffer;
    this.bytesInUse -= size;
    const number = this.#numbers.get(buffer)!;
    const free = this.#free.get(size) ?? [];
    if (free.length === 0) this.#free.set(size, free);
    // The oldest buffer first, so that equal steps take equal buffers and their bind groups are known.
    let place = free.length;
    while (place > 0 && free[place - 1]!.number > number) place--;
    free.splice(place, 0, { buffer, number, freedAt: this.#submits });
  }

  /** After a submit: no command is pending; gives back what has not been used for long. */
  submitted(): void {
    this.#submits++;
    if (this.#submits % keptSubmits) return;
    for (const [size, free] of this.#free) {
      const kept = free.filter(({ buffer, freedAt }) => {
        if (freedAt > this.#submits - keptSubmits) return true;
        this.#destroy(buffer);
        return false;
      });
      if (kept.length > 0) this.#free.set(size, kept);
      else this.#free.delete(size);
    }
  }

  /** Gives all back, taken ones too. */
  clear(): void {
    for (const buffer of this.#numbers.keys()) this.#destroy(buffer);
    this.#free.clear();
    this.bytesInUse = 0;
  }

  #sizeOf(bytes: number): number {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.#device.limits;
    const limit = Math.min(maxBufferSize, maxStorageBufferBindingSize);
    if (bytes > limit) {
      throw new BackendError(
        `webgpu: a tensor of ${mebibytes(bytes)} does not fit into a buffer, which is ${mebibytes(limit)} at most on ` +
          'this GPU. Use smaller batches or images.',
      );
    }
    return Math.min(sizeClass(bytes), limit - (limit % 16));
  }

  #destroy(buffer: GPUBuffer): void {
    this.#numbers.delete(buffer);
    this.bytesReserved -= buffer.size;
    buffer.destroy();
  }
}

/** 16 bytes or more, in steps of an eighth of the power of two below, so that at most a ninth is unused. */
export function sizeClass(bytes: number): number {
  if (bytes <= 128) return Math.max(16, Math.ceil(bytes / 16) * 16);
  const step = 2 ** (Math.floor(Math.log2(bytes)) - 3);
  return Math.ceil(bytes / step) * step;
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
