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

/** Counts and, if asked, times kernels. */
export class Counters {
  readonly kernelCalls: Record<string, number> = {};
  readonly fallbacks: Record<string, number> = {};
  readonly kernelMilliseconds: Record<string, number> | undefined;

  constructor(profile: boolean) {
    if (profile) this.kernelMilliseconds = {};
  }

  /** Calls `body` and books it under `name`. */
  count<T>(calls: Record<string, number>, name: string, body: () => T): T {
    calls[name] = (calls[name] ?? 0) + 1;
    const times = this.kernelMilliseconds;
    if (!times) return body();
    const start = performance.now();
    const result = body();
    times[name] = (times[name] ?? 0) + performance.now() - start;
    return result;
  }
}
