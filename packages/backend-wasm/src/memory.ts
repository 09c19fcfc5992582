import { BackendError } from '@striate/core';

export const pageBytes = 65_536;
const initialPages = 256;
/** 4 GiB: all that a 32-bit address reaches. */
const mostPages = 65_536;

export interface WasmMemory {
  memory: WebAssembly.Memory;
  /** How far it can grow, in bytes. */
  maximumBytes: number;
}

/**
 * A small memory that can grow far. Where the runtime refuses to set so much address space aside, as phones do,
 * half of it is tried, and so on.
 */
export function createMemory(shared: boolean, maximumBytes: number = mostPages * pageBytes): WasmMemory {
  let maximum = Math.min(mostPages, Math.floor(maximumBytes / pageBytes));
  for (; maximum >= 1; maximum = Math.floor(maximum / 2)) {
    try {
      const initial = Math.min(initialPages, maximum);
      const memory = new WebAssembly.Memory({ initial, maximum, shared });
      return { memory, maximumBytes: maximum * pageBytes };
    } catch (error) {
      if (!isRefusal(error)) throw error;
    }
  }
  throw new BackendError(`wasm: the runtime gives no memory at all (${maximumBytes} bytes were allowed).`);
}

/** Makes the memory at least `bytes` long; false if the runtime refuses. */
export function growMemory({ memory, maximumBytes }: WasmMemory, bytes: number): boolean {
  const present = memory.buffer.byteLength;
  // A quarter more than before, so that a model that fills its memory slowly does not grow it at every tensor.
  const generous = Math.min(Math.max(bytes, present * 1.25), maximumBytes);
  for (const target of [generous, bytes]) {
    try {
      memory.grow(Math.ceil((target - present) / pageBytes));
      return true;
    } catch (error) {
      if (!isRefusal(error)) throw error;
    }
  }
  return false;
}

/** A RangeError by the standard, but Firefox may throw the words 'out of memory'; a TypeError is a mistake of ours. */
function isRefusal(error: unknown): boolean {
  return !(error instanceof TypeError);
}
