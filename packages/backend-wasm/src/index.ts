export type { WasmOptions } from './options.ts';
export { wasm, type WasmBackend } from './wasm.ts';
export type { WasmStats } from './statistics.ts';
