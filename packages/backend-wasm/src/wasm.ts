import { createWasm, type WasmBackend, type WasmParts } from './create-wasm.ts';
import { kernels } from './generated/kernels.ts';
import type { WasmOptions } from './options.ts';
import { loadStockKernels } from './stock-kernels.ts';

/**
 * The CPU backend for any Node and browser: WebAssembly SIMD kernels with threads. Every stock tfjs operation works
 * on it; those that training needs are ours.
 *
 * @throws {OptionError} for an option that there is not, or a value that it cannot have.
 * @example
 * import { use } from '@striate/core';
 * import { wasm } from '@striate/backend-wasm';
 * const backend = await use(wasm({ threads: 2 }));
 * console.log(backend.stats().device);
 */
export function wasm(options: WasmOptions = {}): WasmBackend {
  return createWhole(options, { kernels });
}

/** A backend of some kernels of ours, and stock ones for all else. */
export function createWhole(options: WasmOptions, parts: Omit<WasmParts, 'stock'>): WasmBackend {
  return createWasm(options, { ...parts, stock: loadStockKernels });
}
