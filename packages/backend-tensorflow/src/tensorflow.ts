import { KernelCounters, settingsOf, unregisterKernels } from '@striate/core/backend';
import { memory, registerBackend, removeBackend } from '@tensorflow/tfjs-core';
import { BackendError, type Availability, type Backend, type BackendStats } from '@striate/core';
import { availableParallelism } from 'node:os';
import { Constants } from './constants.ts';
import { gpuProblem } from './gpu-problem.ts';
import { kernels } from './kernels/index.ts';
import { loadLibrary, type Library, type LibraryOptions } from './load-library.ts';
import { loadStockKernels } from './load-stock-kernels.ts';
import { tensorflowOptions, type TensorFlowOptions } from './options.ts';
import { Recent } from './recent.ts';
import { register } from './register.ts';
import { createTensorBackend, type TensorBackend } from './tensor-backend.ts';

const engineName = 'striate-tensorflow';

/** What the backend has done since it was started, and what it holds. */
export interface TensorFlowStats extends BackendStats {
  /** Tensors that TensorFlow itself holds, constants of operations included. */
  nativeTensors: number;
}

/** The TensorFlow backend, with figures of its own in `stats()`. */
export interface TensorFlowBackend extends Backend {
  stats(): TensorFlowStats;
}

/**
 * Native TensorFlow under Node, on the CPU or on an NVIDIA GPU. It takes `@tensorflow/tfjs-node-gpu` or
 * `@tensorflow/tfjs-node` of your project where one is installed and loads, else what `npx striate setup tensorflow`
 * has made. A process loads TensorFlow once: number of threads, and whether a GPU is seen, stay as they were then.
 *
 * @throws {OptionError} for an option that there is not, or a value that it cannot have.
 * @example
 * import { use } from '@striate/core';
 * import { tensorflow } from '@striate/backend-tensorflow';
 * const backend = await use(tensorflow({ device: 'cpu', threads: 2 }));
 * console.log(backend.stats().device);
 */
export function tensorflow(options: TensorFlowOptions = {}): TensorFlowBackend {
  const wanted: LibraryOptions = settingsOf('tensorflow', options, tensorflowOptions);
  let running: { library: Library; backend: TensorBackend; constants: Constants; recent: Recent } | undefined;
  const counters = new KernelCounters();

  return {
    name: 'tensorflow',
    engineName,
    async probe(): Promise<Availability> {
      const problem = wanted.device === 'gpu' ? gpuProblem() : undefined;
      if (problem) return { available: false, ...problem };
      try {
        const library = loadLibrary(wanted);
        const missing = wanted.device === 'gpu' && !library.isGpu ? gpuProblem(library) : undefined;
        return missing ? { available: false, ...missing } : { available: true, device: deviceText(library) };
      } catch (error) {
        if (!(error instanceof BackendError)) throw error;
        const remedy = /stays/.test(error.message)
          ? 'Use these settings, or another process.'
          : 'Run: npx striate setup tensorflow';
        return { available: false, reason: error.message, remedy };
      }
    },
    async start() {
      if (running) throw new BackendError('tensorflow: this backend is already started.');
      const library = loadLibrary(wanted);
      const stock = loadStockKernels(library.package.folder);
      const backend = createTensorBackend(stock.NodeBackend, library.binding);
      const constants = new Constants(library.binding);
      const recent = new Recent(library.binding);
      stock.setBackend(backend);
      registerBackend(engineName, () => backend);
      const { isGpu } = library;
      register({ backendName: engineName, backend, constants, recent, stock, kernels, isGpu, counters });
      running = { library, backend, constants, recent };
    },
    async stop() {
      if (!running) return;
      const { backend, constants, recent } = running;
      running = undefined;
      unregisterKernels(engineName);
      removeBackend(engineName);
      constants.clear();
      recent.clear();
      backend.dispose();
    },
    stats() {
      if (!running) {
        throw new BackendError('tensorflow: the backend is not started; call use(tensorflow()) first.');
      }
      const { library, backend } = running;
      const { numBytes } = memory();
      return {
        device: deviceText(library),
        ...counters.stats(),
        tensors: backend.numDataIds(),
        nativeTensors: library.binding.getNumOfTensors(),
        bytesInUse: numBytes,
        bytesReserved: numBytes,
      };
    },
  };
}

function deviceText({ binding, isGpu, options }: Library): string {
  const threads = options.threads ?? availableParallelism();
  const cpu = `CPU, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  return `TensorFlow ${binding.TF_Version}, ${isGpu ? 'NVIDIA GPU' : cpu}`;
}
