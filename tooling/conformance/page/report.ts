import type { Failure } from '../src/checks.ts';

/** What the page is asked to do, by the query of its address. */
export interface Task {
  backend: 'wasm' | 'webgpu';
  /** Threads that compute; as many as the browser has cores where this is missing. */
  threads?: number;
  /** Where the backend lives: its own worker, or the thread that draws the page. */
  place: 'worker' | 'main';
  seed: number;
  rounds: number;
  /** What the backend may differ by, as a part of the largest value. */
  tolerance: number;
  /** One case of so many is run, which ones depends on the seed; 1: all. */
  every: number;
}

/** What the page posts when it is done. */
export interface Report {
  userAgent: string;
  crossOriginIsolated: boolean;
  cores: number;
  /** The backend's own description; missing if it did not start. */
  device?: string;
  bytesAllowed?: number;
  passed: number;
  failures: Failure[];
  fallbacks: Record<string, number>;
  seconds: number;
  /** Why there is no result. */
  error?: string;
}
