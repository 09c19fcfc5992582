import type { BackendStats } from '@striate/core';

/** What the backend has done since it was started, and what it holds. */
export interface WebGpuStats extends BackendStats {
  /** Runs of compute shaders. */
  dispatches: number;
  /** Batches of commands handed to the device. */
  submits: number;
  /** Tensors written by the host. */
  uploads: { count: number; bytes: number };
  /** Compiled shaders of ours. */
  programs: number;
  /**
   * With `webgpu({ profile: true })` where the device has timestamps: time on the GPU by program, of all work that has
   * been read back.
   */
  kernelMilliseconds?: Record<string, number>;
}
