import { wasmOptions } from '@striate/backend-wasm/extend';
import { option } from '@striate/core';
import type { OptionsOf } from '@striate/core/backend';

/** What `onednn()` can be told; every part has a default. */
export interface OneDnnOptions {
  /** Threads that compute, the calling one included; all cores by default. Sums may be added in another order with another number. */
  threads?: number;
  /** Path of the shared library; else it is looked for. */
  library?: string;
  /**
   * What convolutions and matrix products multiply. 'bfloat16' keeps 8 bits of each factor, is faster where the
   * processor has it, and costs accuracy; sums, weights and everything else stay float32. Default 'float32'.
   */
  precision?: 'float32' | 'bfloat16';
  /** Limit of the memory for tensors; 4 GiB by default. */
  maximumBytes?: number;
  /** Times every kernel: `stats().kernelMilliseconds`. */
  profile?: boolean;
}

/** The same as data. */
export const onednnOptions: OptionsOf<OneDnnOptions, 'threads' | 'library' | 'maximumBytes'> = {
  threads: wasmOptions.threads,
  library: option.optional(
    option.text({ doc: 'Path of the shared library; else it is looked for.', example: 'libdnnl.so.3' }),
  ),
  precision: option.choice({
    doc: 'What convolutions and matrix products multiply.',
    names: ['float32', 'bfloat16'],
    default: 'float32',
  }),
  maximumBytes: wasmOptions.maximumBytes,
  profile: wasmOptions.profile,
};
