import { KernelCounters, settingsOf, unregisterKernels } from '@striate/core/backend';
import { registerBackend, removeBackend } from '@tensorflow/tfjs-core';
import { BackendError, checkRuntime, OptionError, type Availability, type Backend } from '@striate/core';
import { findBuild, type Build } from './build.ts';
import type { Kernel } from './kernel.ts';
import { wasmOptions, type WasmOptions } from './options.ts';
import { register } from './register.ts';
import { createRuntime, type Runtime, type RuntimeOptions } from './runtime.ts';
import type { WasmStats } from './statistics.ts';
import type { StockKernels } from './stock-kernels.ts';
import { createTensorBackend, type TensorBackend } from './tensor-backend.ts';

/** The WebAssembly backend, with figures of its own in `stats()`. */
export interface WasmBackend extends Backend {
  stats(): WasmStats;
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
  /** What runs where none of ours does. */
  stock: () => Promise<StockKernels>;
  extension?: Extension;
}

export function createWasm(options: WasmOptions, { kernels, stock, compile, extension }: WasmParts): WasmBackend {
  const { name, engineName } = extension ?? { name: 'wasm', engineName: 'striate-wasm' };
  const { winograd, profile, ...runtimeOptions } = checked(name, options);
  let running:
    | { runtime: Runtime; backend: TensorBackend; counters: KernelCounters; added: RunningExtension | undefined }
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
      const { Base, kernels: stockKernels } = await stock();
      const runtime = await createRuntime({ ...runtimeOptions, ...(compile && { compile }) });
      const added = extension?.start(runtime);
      const backend = createTensorBackend(Base, runtime, added?.disposed);
      const counters = new KernelCounters(profile);
      registerBackend(engineName, () => backend);
      const all = [...kernels, ...(added?.kernels ?? [])];
      register({ backendName: engineName, backend, stock: stockKernels, kernels: all, counters, winograd });
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
        ...counters.stats(),
      };
    },
  };
}

function checked(
  name: string,
  options: WasmOptions,
): RuntimeOptions & Pick<Required<WasmOptions>, 'winograd' | 'profile'> {
  checkRuntime(name);
  const { threads = navigator.hardwareConcurrency, ...settings } = settingsOf(name, options, wasmOptions);
  if (settings.memory === 'unshared' && options.threads !== undefined && threads > 1) {
    throw new OptionError(`${name}: ${threads} threads need shared memory. Leave 'memory' out or use one thread.`);
  }
  return { threads, ...settings };
}

function deviceText({ simd, memory }: Build, threads: number, noWorkers?: string): string {
  const used = memory === 'shared' ? threads : 1;
  const why = noWorkers === undefined ? '' : ' as workers cannot be made';
  return `WebAssembly, ${simd} SIMD, ${used} ${used === 1 ? 'thread' : 'threads'}${why}, ${memory} memory`;
}
