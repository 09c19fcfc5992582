import { OptionError, suggestion, use, type Backend } from '@striate/core';

/** What the command line can ask of a backend. */
export interface BackendChoice {
  backend: string;
  threads?: number;
}

type BackendFactory = (choice: { threads?: number }) => Promise<Backend>;

/** Backends by name; each package is loaded only when it is chosen. */
export const backends: Record<string, BackendFactory> = {
  async wasm(choice) {
    const { wasm } = await import('@striate/backend-wasm');
    return wasm(choice);
  },
};

/**
 * Makes the backend of that name.
 *
 * @throws {OptionError} for an unknown name, with the nearest one.
 */
export async function createBackend({ backend, ...choice }: BackendChoice): Promise<Backend> {
  const factory = Object.hasOwn(backends, backend) ? backends[backend] : undefined;
  if (!factory) throw new OptionError(`unknown backend '${backend}'. ${suggestion(backend, Object.keys(backends))}`);
  return factory(choice);
}

/** Starts the backend of that name. */
export async function startBackend(choice: BackendChoice): Promise<Backend> {
  return use(await createBackend(choice));
}
