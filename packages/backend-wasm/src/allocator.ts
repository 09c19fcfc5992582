import { BackendError } from '@striate/core';

const alignment = 64;
/** Kernels may read this much beyond a tensor's end. */
const guardBytes = 32;

interface Block {
  start: number;
  size: number;
  free: boolean;
  before: Block | undefined;
  after: Block | undefined;
}

export interface AllocatorOptions {
  /** First usable byte. */
  start: number;
  /** End of what may ever be used. */
  limit: number;
  /** Makes the memory reach up to `end`; false if that is refused. */
  reserve(end: number): boolean;
}

/**
 * Hands out 64-byte aligned blocks of the WebAssembly memory: the smallest gap that fits, the lowest of equals, else
 * the top. Neighbouring gaps are joined, so what is free depends on the live blocks alone and not on what happened
 * before: the same step gets the same addresses every time, and memory does not creep.
 */
export class Allocator {
  readonly #options: AllocatorOptions;
  readonly #live = new Map<number, Block>();
  /** Gaps below the top, by size, then by place. */
  readonly #gaps: Block[] = [];
  #last: Block | undefined;
  #top: number;
  #bytesInUse = 0;

  constructor(options: AllocatorOptions) {
    this.#options = options;
    this.#top = roundUp(options.start);
  }

  /** Bytes of all live blocks, their padding included. */
  get bytesInUse(): number {
    return this.#bytesInUse;
  }

  /** End of what may ever be used, in bytes. */
  get limit(): number {
    return this.#options.limit;
  }

  /** Number of live blocks. */
  get blocks(): number {
    return this.#live.size;
  }

  /** @throws {BackendError} if the memory is full: the bytes needed, in use and allowed. */
  allocate(bytes: number): number {
    const size = roundUp(bytes + guardBytes);
    const block = this.#takeGap(size) ?? this.#takeTop(size);
    this.#live.set(block.start, block);
    this.#bytesInUse += size;
    return block.start;
  }

  free(start: number): void {
    const block = this.#live.get(start);
    if (!block) throw new BackendError(`wasm: no block of memory starts at ${start}; was it freed twice?`);
    this.#live.delete(start);
    this.#bytesInUse -= block.size;
    block.free = true;
    if (block.before?.free) this.#absorb(block, block.before);
    if (block.after?.free) this.#absorb(block, block.after);
    if (block.after) this.#insertGap(block);
    else this.#dropLast(block);
  }

  #takeGap(size: number): Block | undefined {
    const place = this.#placeOfGap(size, 0);
    const block = this.#gaps[place];
    if (!block) return undefined;
    this.#gaps.splice(place, 1);
    block.free = false;
    if (block.size > size) this.#split(block, size);
    return block;
  }

  #takeTop(size: number): Block {
    const start = this.#top;
    const end = start + size;
    const { limit, reserve } = this.#options;
    if (end > limit) throw outOfMemory(size, `${readable(this.#bytesInUse)} of ${readable(limit)} are in use`);
    if (!reserve(end)) {
      throw outOfMemory(size, `${readable(this.#bytesInUse)} are in use and the machine refuses to give more`);
    }
    const block: Block = { start, size, free: false, before: this.#last, after: undefined };
    if (this.#last) this.#last.after = block;
    this.#last = block;
    this.#top = end;
    return block;
  }

  #split(block: Block, size: number): void {
    const rest: Block = {
      start: block.start + size,
      size: block.size - size,
      free: true,
      before: block,
      after: block.after,
    };
    if (rest.after) rest.after.before = rest;
    block.after = rest;
    block.size = size;
    this.#insertGap(rest);
  }

  /** Joins a neighbouring gap to a block that is becoming one. */
  #absorb(block: Block, gap: Block): void {
    this.#gaps.splice(this.#placeOfGap(gap.size, gap.start), 1);
    if (gap === block.before) {
      block.before = gap.before;
      block.start = gap.start;
      if (block.before) block.before.after = block;
    } else {
      block.after = gap.after;
      if (block.after) block.after.before = block;
    }
    block.size += gap.size;
  }

  #dropLast(block: Block): void {
    this.#last = block.before;
    if (this.#last) this.#last.after = undefined;
    this.#top = block.start;
  }

  #insertGap(gap: Block): void {
    this.#gaps.splice(this.#placeOfGap(gap.size, gap.start), 0, gap);
  }

  /** Place of the first gap that is larger than `size`, or as large and not before `start`. */
  #placeOfGap(size: number, start: number): number {
    let low = 0;
    let high = this.#gaps.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const gap = this.#gaps[middle]!;
      if (gap.size < size || (gap.size === size && gap.start < start)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

function outOfMemory(needed: number, state: string): BackendError {
  return new BackendError(
    `wasm: out of memory: ${readable(needed)} more are needed, ${state}. ` +
      'Use smaller batches or images, or dispose tensors that are no longer needed.',
  );
}

function readable(bytes: number): string {
  if (bytes >= 2 ** 30) return `${(bytes / 2 ** 30).toFixed(2)} GiB`;
  if (bytes >= 2 ** 20) return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  return `${bytes} bytes`;
}
