/** Whether a backend works here; if not, why, and what would mend it. */
export type Availability = { available: true; device: string } | { available: false; reason: string; remedy: string };

/** What a backend has done since it was started, and what it holds. */
export interface BackendStats {
  /** Human-readable: processor or adapter, build, threads. */
  device: string;
  /** Calls by kernel name. */
  kernelCalls: Record<string, number>;
  /** Calls of stock kernels for which the backend has none of its own. */
  fallbacks: Record<string, number>;
  tensors: number;
  bytesInUse: number;
  bytesReserved: number;
  /** How many bytes may be in use at most, where that is known. */
  bytesAllowed?: number;
}

/**
 * A place where tensors live and kernels run. A backend is a plain value made by a factory (`wasm()`), does nothing
 * until `use` starts it, and registers nothing at import.
 */
export interface Backend {
  /** What people call it: 'wasm', 'webgpu'. */
  readonly name: string;
  /** Its name in the tfjs engine; without '_', which tfjs splits names at. */
  readonly engineName: string;
  /** Looks whether it can work here, starting nothing. */
  probe(): Promise<Availability>;
  /** Registers the backend and its kernels with the engine. */
  start(): Promise<void>;
  /** Gives everything back: kernels, threads, memory. */
  stop(): Promise<void>;
  stats(): BackendStats;
}
