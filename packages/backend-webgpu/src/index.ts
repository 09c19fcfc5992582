export { webgpu, type WebGpuBackend, type WebGpuOptions } from './webgpu.ts';
export type { WebGpuStats } from './statistics.ts';
