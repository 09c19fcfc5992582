import type { BackendManifest } from '@striate/core/backend';
import { webgpuOptions } from './options.ts';
import { webgpu } from './webgpu.ts';

/** What the command line, the checks of all backends and benchmarks know of `webgpu()`. */
export const manifest: BackendManifest = {
  name: 'webgpu',
  doc: 'a GPU, through WebGPU; in Node with the package webgpu',
  options: webgpuOptions,
  // GPUs may round and reorder more freely.
  tolerance: 1e-3,
  libraries: { files: /dawn\.node/ },
  make: webgpu,
};
