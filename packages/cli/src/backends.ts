import { use, type Backend } from '@striate/core';

/** What the command line can ask of a backend. */
export interface BackendOptions {
  threads?: number;
  /** MiB for tensors. */
  memory?: number;
}

/** A backend's name and options. */
export interface BackendChoice extends BackendOptions {
  backend: string;
}

/** Backends by name; each package is loaded only when it is chosen. */
export const backends: Record<string, (options?: BackendOptions) => Promise<Backend>> = {
  async wasm({ threads, memory } = {}) {
    const { wasm } = await import('@striate/backend-wasm');
    return wasm({
      ...(threads !== undefined && { threads }),
      ...(memory !== undefined && { maximumBytes: memory * 2 ** 20 }),
    });
  },
};

/** Starts the backend of that name, which is known to be one of {@link backends}. */
export async function startBackend({ backend, ...options }: BackendChoice): Promise<Backend> {
  return use(await backends[backend]!(options));
}
