import type { BackendStats } from '@striate/core';

/** What the backend has done since it was started, and what it holds. */
export interface WasmStats extends BackendStats {
  threads: number;
  /** Why there is one thread where there should be more, if workers cannot be made here. */
  noWorkers?: string;
  /** Which SIMD instructions the kernels were built with. */
  simd: 'relaxed' | 'plain';
  memory: 'shared' | 'unshared';
  bytesAllowed: number;
  /** With `wasm({ profile: true })`: time by kernel name, stock ones too. */
  kernelMilliseconds?: Record<string, number>;
}
