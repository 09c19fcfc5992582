export type { WebGpuOptions } from './options.ts';
export { webgpu, type WebGpuBackend } from './webgpu.ts';
export type { WebGpuStats } from './statistics.ts';
