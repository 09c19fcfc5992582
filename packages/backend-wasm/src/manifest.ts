import type { BackendManifest } from '@striate/core/backend';
import { wasmOptions } from './options.ts';
import { wasm } from './wasm.ts';

/** What the command line, the checks of all backends and benchmarks know of `wasm()`. */
export const manifest: BackendManifest = {
  name: 'wasm',
  doc: 'the CPU, in WebAssembly: nothing to install',
  options: wasmOptions,
  tolerance: 1e-4,
  variants: {
    'plain SIMD, one thread': { threads: 1, simd: 'plain', memory: 'unshared' },
    'without Winograd': { winograd: false },
  },
  make: wasm,
};
