import { unregisterKernels } from '@striate/core/backend';
import { registerBackend, removeBackend } from '@tensorflow/tfjs-core';
import {
  BackendError,
  checkChoice,
  checkCounts,
  checkFlag,
  checkRuntime,
  checkOptions,
  describe,
  OptionError,
  type Availability,
  type Backend,
} from '@striate/core';
import { findBuild, type Build, type BuildOptions } from './build.ts';
import { kernels as allKernels } from './kernels/index.ts';
import type { Kernel } from './kernel.ts';
import { register } from './register.ts';
import { createRuntime, type Runtime, type RuntimeOptions } from './runtime.ts';
import { Counters, type WasmStats } from './statistics.ts';
import { createTensorBackend, type TensorBackend } from './tensor-backend.ts';

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

/** The WebAssembly backend, with figures of its own in `stats()`. */
export interface WasmBackend extends Backend {
  stats(): WasmStats;
}

/**
 * The CPU backend for any Node and browser: WebAssembly SIMD kernels with threads. Every stock tfjs operation works
 * on it; those that training needs are ours.
 *
 * @throws {OptionError} for an option that there is not, or a value that it cannot have.
 * @example
 * import { use } from '@striate/core';
 * import { wasm } from '@striate/backend-wasm';
 * const backend = await use(wasm({ threads: 2 }));
 * console.log(backend.stats().device);
 */
export function wasm(options: WasmOptions = {}): WasmBackend {
  checkOptions('wasm', options, {
    threads: true,
    winograd: true,
    simd: true,
    memory: true,
    maximumBytes: true,
    profile: true,
  });
  return createWasm(options, { kernels: allKernels });
}

/** Kernels of another package that work on this backend's memory, as a backend of its own name. */
export interface Extension {
  name: string;
  engineName: string;
  start(runtime: Runtime): RunningExtension;
}

export interface RunningExtension {
  /** Each goes before the kernel of the same name, which runs where this one does not accept a call. */
  kernels: readonly Kernel[];
  /** Told of every tensor whose storage is given back. */
  disposed(dataId: object): void;
  stop(): void;
}

/** What tests put in place of the whole set of kernels and of the generated builds, and what other packages add. */
export interface WasmParts extends Pick<RuntimeOptions, 'compile'> {
  kernels: readonly Kernel[];
  extension?: Extension;
}

export function createWasm(options: WasmOptions, { kernels, compile, extension }: WasmParts): WasmBackend {
  const { name, engineName } = extension ?? { name: 'wasm', engineName: 'striate-wasm' };
  const { winograd = true, profile = false } = options;
  const runtimeOptions = checked(name, options);
  let running:
    | { runtime: Runtime; backend: TensorBackend; counters: Counters; added: RunningExtension | undefined }
    | undefined;

  return {
    name,
    engineName,
    async probe(): Promise<Availability> {
      const found = await findBuild(runtimeOptions);
      if ('reason' in found) return { available: false, ...found };
      return { available: true, device: deviceText(found, runtimeOptions.threads) };
    },
    async start() {
      if (running) throw new BackendError(`${name}: this backend is already started.`);
      // Registers the stock CPU backend, which is why it is not imported above.
      const { MathBackendCPU } = await import('@tensorflow/tfjs-backend-cpu');
      const runtime = await createRuntime({ ...runtimeOptions, ...(compile && { compile }) });
      const added = extension?.start(runtime);
      const backend = createTensorBackend(MathBackendCPU, runtime, added?.disposed);
      const counters = new Counters(profile);
      registerBackend(engineName, () => backend);
      const all = [...kernels, ...(added?.kernels ?? [])];
      register({ backendName: engineName, backend, kernels: all, counters, winograd });
      running = { runtime, backend, counters, added };
    },
    async stop() {
      if (!running) return;
      const { runtime, added } = running;
      running = undefined;
      unregisterKernels(engineName);
      removeBackend(engineName);
      added?.stop();
      await runtime.stop();
    },
    stats() {
      if (!running) throw new BackendError(`${name}: the backend is not started; call use(${name}()) first.`);
      const { runtime, backend, counters } = running;
      const { build, threads, noWorkers, allocator, memory } = runtime;
      return {
        device: deviceText(build, threads, noWorkers),
        threads,
        ...(noWorkers !== undefined && { noWorkers }),
        simd: build.simd,
        memory: build.memory,
        tensors: backend.numDataIds(),
        bytesInUse: allocator.bytesInUse,
        bytesReserved: memory.buffer.byteLength,
        bytesAllowed: allocator.limit,
        kernelCalls: { ...counters.kernelCalls },
        fallbacks: { ...counters.fallbacks },
        ...(counters.kernelMilliseconds && { kernelMilliseconds: { ...counters.kernelMilliseconds } }),
      };
    },
  };
}

function checked(name: string, options: WasmOptions): RuntimeOptions {
  checkRuntime(name);
  const { threads = navigator.hardwareConcurrency, simd = 'auto', memory = 'auto', maximumBytes } = options;
  checkCounts(name, { threads });
  checkChoice(name, 'simd', simd, ['auto', 'relaxed', 'plain']);
  checkChoice(name, 'memory', memory, ['auto', 'shared', 'unshared']);
  if (options.winograd !== undefined) checkFlag(name, 'winograd', options.winograd);
  if (options.profile !== undefined) checkFlag(name, 'profile', options.profile);
  if (memory === 'unshared' && options.threads !== undefined && threads > 1) {
    throw new OptionError(`${name}: ${threads} threads need shared memory. Leave 'memory' out or use one thread.`);
  }
  if (
    maximumBytes !== undefined &&
    !(Number.isInteger(maximumBytes) && maximumBytes >= 2 ** 20 && maximumBytes <= 2 ** 32)
  ) {
    throw new OptionError(
      `${name}: maximumBytes is ${describe(maximumBytes)}, but must be from 1 MiB (2 ** 20) to 4 GiB (2 ** 32).`,
    );
  }
  return { threads, simd, memory, ...(maximumBytes !== undefined && { maximumBytes }) };
}

function deviceText({ simd, memory }: Build, threads: number, noWorkers?: string): string {
  const used = memory === 'shared' ? threads : 1;
  const why = noWorkers === undefined ? '' : ' as workers cannot be made';
  return `WebAssembly, ${simd} SIMD, ${used} ${used === 1 ? 'thread' : 'threads'}${why}, ${memory} memory`;
}
