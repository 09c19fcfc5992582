export { wasm, type WasmBackend, type WasmOptions } from './wasm.ts';
export type { WasmStats } from './statistics.ts';
