export type { WasmOptions } from './options.ts';
export type { WasmBackend } from './create-wasm.ts';
export { wasm } from './wasm.ts';
export type { WasmStats } from './statistics.ts';
