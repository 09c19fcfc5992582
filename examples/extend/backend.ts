// What the package of a backend of your own says of it, in its entry ./manifest: the command line
// (`striate train --backend @me/backend-wasm-with-shrink,threads=2`), `doctor` and benchmarks know it by this.
import { wasmOptions } from '@striate/backend-wasm/extend';
import type { BackendManifest } from '@striate/core/backend';
import { wasmWithShrink } from './kernel.ts';

/** What others know of `wasmWithShrink()`. */
export const manifest: BackendManifest = {
  name: 'wasm-with-shrink',
  doc: 'the CPU, in WebAssembly, with a kernel for soft thresholding',
  options: wasmOptions,
  tolerance: 1e-4,
  make: wasmWithShrink,
};
