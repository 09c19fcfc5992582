export type { Allocator } from './allocator.ts';
export { kernel, type Kernel, type KernelBackend, type KernelCall } from './kernel.ts';
export { columnSums } from './kernels/column-sums.ts';
export { kernels } from './kernels/index.ts';
export { outputShapeOf } from './kernels/pool-window.ts';
export { maskByOutput, writeMasked } from './kernels/mask-by-output.ts';
export type { Runtime } from './runtime.ts';
export type { WasmStats } from './statistics.ts';
export { createWasm, type Extension, type WasmBackend, type WasmOptions } from './wasm.ts';
