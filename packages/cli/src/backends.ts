import { BackendError, OptionError, use, type Backend } from '@striate/core';

/** What the command line can ask of a backend. */
export interface BackendOptions {
  threads?: number;
  /** MiB for tensors. */
  memory?: number;
}

/** A backend's name, or 'auto', and options. */
export interface BackendChoice extends BackendOptions {
  backend: string;
}

/** Backends by name; each package is loaded only when it is chosen. */
export const backends: Record<string, (options?: BackendOptions) => Promise<Backend>> = {
  async wasm(options = {}) {
    const { wasm } = await import('@striate/backend-wasm');
    return wasm(onProcessor(options));
  },
  async onednn(options = {}) {
    const found = await optional(() => import('@striate/backend-onednn'));
    return found
      ? found.onednn(onProcessor(options))
      : missing('onednn', 'npm install @striate/backend-onednn && npx striate setup onednn');
  },
  async webgpu(options = {}) {
    refuse('webgpu', options);
    const found = await optional(() => import('@striate/backend-webgpu'));
    return found ? found.webgpu() : missing('webgpu', 'npm install @striate/backend-webgpu webgpu');
  },
  async tensorflow({ threads, memory } = {}) {
    refuse('tensorflow', { ...(memory !== undefined && { memory }) });
    const found = await optional(() => import('@striate/backend-tensorflow'));
    return found
      ? found.tensorflow({ ...(threads !== undefined && { threads }) })
      : missing('tensorflow', 'npm install @striate/backend-tensorflow');
  },
};

/** What 'auto' tries, in this order. */
export const automatic = ['onednn', 'wasm'] as const;

/** What --backend takes. */
export const backendNames: readonly string[] = [...Object.keys(backends), 'auto'];

/** The options as backends on the processor take them. */
function onProcessor({ threads, memory }: BackendOptions): { threads?: number; maximumBytes?: number } {
  return {
    ...(threads !== undefined && { threads }),
    ...(memory !== undefined && { maximumBytes: memory * 2 ** 20 }),
  };
}

/** Options that mean nothing on this backend. */
function refuse(name: string, { threads, memory }: BackendOptions): void {
  for (const [option, value] of Object.entries({ threads, memory })) {
    if (value !== undefined) {
      throw new OptionError(`--${option} is for backends on the processor, such as wasm; ${name} has no such option.`);
    }
  }
}

/** A package that the person may have added, or undefined. */
export async function optional<Package>(load: () => Promise<Package>): Promise<Package | undefined> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

/** Stands for a backend whose package is not there. */
function missing(name: string, command: string): Backend {
  const reason = `the package @striate/backend-${name} is not installed.`;
  const remedy = `Add it: ${command}`;
  const unusable = async (): Promise<never> => {
    throw new BackendError(`${name}: ${reason} ${remedy}`);
  };
  return {
    name,
    engineName: `striate-${name}`,
    probe: async () => ({ available: false, reason, remedy }),
    start: unusable,
    stop: async () => undefined,
    stats: () => ({ device: 'none', kernelCalls: {}, fallbacks: {}, tensors: 0, bytesInUse: 0, bytesReserved: 0 }),
  };
}

/**
 * Starts the backend of that name, which is known to be one of {@link backendNames}; for 'auto' the first of
 * {@link automatic} that works here.
 *
 * @param onRefusal is told why those that come earlier do not
 */
export async function startBackend(
  { backend, ...options }: BackendChoice,
  onRefusal: (reason: string) => void = () => {},
): Promise<Backend> {
  if (backend !== 'auto') return use(await backends[backend]!(options));
  const candidates = await Promise.all(automatic.map((name) => backends[name]!(options)));
  return use(candidates, { onRefusal });
}
