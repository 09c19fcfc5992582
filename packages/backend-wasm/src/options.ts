import { option } from '@striate/core';
import type { OptionsOf } from '@striate/core/backend';
import type { BuildOptions } from './build.ts';

/** What `wasm()` can be told; every part has a default. */
export interface WasmOptions extends Partial<BuildOptions> {
  /** Threads that compute, the calling one included; all cores by default. Results do not depend on it. */
  threads?: number;
  /** Whether 3x3 convolutions may use Winograd's algorithm: faster, with errors near 1e-5. Default true. */
  winograd?: boolean;
  /** SIMD instructions: 'auto' takes relaxed ones (fused multiply-add) where the runtime has them. */
  simd?: 'auto' | 'relaxed' | 'plain';
  /** Threads need shared memory; 'auto' takes it for more than one thread, where it is allowed. */
  memory?: 'auto' | 'shared' | 'unshared';
  /** Limit of the memory for tensors; 4 GiB, all that WebAssembly can address, by default. */
  maximumBytes?: number;
  /** Times every kernel: `stats().kernelMilliseconds`. */
  profile?: boolean;
}

/** The same as data. */
export const wasmOptions: OptionsOf<WasmOptions, 'threads' | 'maximumBytes'> = {
  threads: option.optional(option.count({ doc: 'Threads that compute; all cores by default.', example: 2 })),
  winograd: option.flag({ doc: "Whether 3x3 convolutions may use Winograd's algorithm.", default: true }),
  simd: option.choice({ doc: 'SIMD instructions.', names: ['auto', 'relaxed', 'plain'], default: 'auto' }),
  memory: option.choice({ doc: 'Threads need shared memory.', names: ['auto', 'shared', 'unshared'], default: 'auto' }),
  maximumBytes: option.optional(
    option.count({
      doc: 'Limit of the memory for tensors; 4 GiB by default.',
      minimum: 2 ** 20,
      maximum: 2 ** 32,
      example: 2 ** 30,
    }),
  ),
  profile: option.flag({ doc: 'Times every kernel.', default: false }),
};
