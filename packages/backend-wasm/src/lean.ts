import { createWasm, type WasmBackend } from './create-wasm.ts';
import { kernels } from './generated/kernels.ts';
import type { WasmOptions } from './options.ts';
import { withoutStockKernels } from './without-stock-kernels.ts';

/**
 * The WebAssembly backend with our kernels alone: 40 kB less in a page. All layers, losses and optimisers run
 * on it, to the same bits; an operation that only a stock kernel computes is an error that says so.
 *
 * @throws {OptionError} for an option that there is not, or a value that it cannot have.
 * @example
 * import { use } from '@striate/core';
 * import { wasm } from '@striate/backend-wasm/lean';
 * await use(wasm());
 */
export function wasm(options: WasmOptions = {}): WasmBackend {
  return createWasm(options, { kernels, stock: withoutStockKernels });
}

export type { WasmBackend } from './create-wasm.ts';
export type { WasmOptions } from './options.ts';
export type { WasmStats } from './statistics.ts';
