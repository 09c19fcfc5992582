import { KernelCounters, settingsOf, unregisterKernels } from '@striate/core/backend';
import { registerBackend, removeBackend } from '@tensorflow/tfjs-core';
import { BackendError, type Availability, type Backend } from '@striate/core';
import { adapterText, findAdapter, openDevice } from './device.ts';
import { kernels as allKernels } from './kernels/index.ts';
import type { Kernel } from './kernel.ts';
import { webgpuOptions, type WebGpuOptions } from './options.ts';
import { register } from './register.ts';
import { Runtime } from './runtime.ts';
import type { WebGpuStats } from './statistics.ts';
import { createTensorBackend, type TensorBackend } from './tensor-backend.ts';

const engineName = 'striate-webgpu';

/** The WebGPU backend, with figures of its own in `stats()`. */
export interface WebGpuBackend extends Backend {
  stats(): WebGpuStats;
}

/**
 * The GPU backend for browsers, and for Node with the package `webgpu` (Dawn): WGSL kernels on a device of its own.
 * Every stock tfjs operation works on it; those that training needs are ours.
 *
 * @throws {OptionError} for an option that there is not, or a value that it cannot have.
 * @example
 * import { use } from '@striate/core';
 * import { webgpu } from '@striate/backend-webgpu';
 * const backend = await use(webgpu());
 * console.log(backend.stats().device);
 */
export function webgpu(options: WebGpuOptions = {}): WebGpuBackend {
  return createWebGpu(options, { kernels: allKernels });
}

/** What tests put in place of the whole set of kernels. */
export interface WebGpuParts {
  kernels: readonly Kernel[];
}

export function createWebGpu(options: WebGpuOptions, { kernels }: WebGpuParts): WebGpuBackend {
  const { powerPreference, profile } = settingsOf('webgpu', options, webgpuOptions);
  let running: { runtime: Runtime; backend: TensorBackend; counters: KernelCounters; device: string } | undefined;

  return {
    name: 'webgpu',
    engineName,
    async probe(): Promise<Availability> {
      if (running) return { available: true, device: running.device };
      const found = await findAdapter({ powerPreference });
      if ('reason' in found) return { available: false, ...found };
      found.release();
      return { available: true, device: adapterText(found.adapter) };
    },
    async start() {
      if (running) throw new BackendError('webgpu: this backend is already started.');
      const opened = await openDevice({ powerPreference });
      // Registers the stock WebGPU backend, if it finds navigator.gpu, which is why it is not imported above.
      const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
      const runtime = new Runtime(opened, { profile });
      const backend = createTensorBackend(WebGPUBackend, runtime);
      const counters = new KernelCounters();
      registerBackend(engineName, () => backend);
      register({ backendName: engineName, backend, kernels, counters });
      running = { runtime, backend, counters, device: opened.text };
    },
    async stop() {
      if (!running) return;
      const { runtime } = running;
      running = undefined;
      unregisterKernels(engineName);
      removeBackend(engineName);
      runtime.stop();
    },
    stats() {
      if (!running) throw new BackendError('webgpu: the backend is not started; call use(webgpu()) first.');
      const { runtime, backend, counters, device } = running;
      const { recorder, uploads, programs, kernelTimes } = runtime;
      return {
        device,
        tensors: backend.numDataIds(),
        bytesInUse: runtime.bytesInUse,
        bytesReserved: runtime.bytesReserved,
        dispatches: recorder.dispatches,
        submits: recorder.submits,
        uploads: { ...uploads },
        programs: programs.size,
        ...counters.stats(),
        ...(kernelTimes && { kernelMilliseconds: { ...kernelTimes.milliseconds } }),
      };
    },
  };
}
