import {
  copyRegisteredKernels,
  getKernel,
  getKernelsForBackend,
  registerKernel,
  unregisterKernel,
  type KernelConfig,
  type KernelFunc,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { referenceKernel } from '@striate/core';
import { KernelScope } from './kernel-scope.ts';
import type { Kernel } from './kernel.ts';
import type { Counters } from './statistics.ts';
import type { TensorBackend } from './tensor-backend.ts';
import { toFloat } from './to-float.ts';

export interface Registration {
  backendName: string;
  backend: TensorBackend;
  kernels: readonly Kernel[];
  counters: Counters;
}

/** Gives the backend every stock WebGPU kernel, each call of one counted, and puts ours in their places. */
export function registerKernels({ backendName, backend, kernels, counters }: Registration): void {
  copyRegisteredKernels('webgpu', backendName);
  for (const { kernelName, kernelFunc } of getKernelsForBackend(backendName)) {
    replace(kernelName, (call) => {
      counters.count(counters.fallbacks, kernelName);
      return relabelled(kernelFunc(call), backend);
    });
  }
  for (const { name, accepts, run } of kernels) {
    const before = getKernel(name, backendName)?.kernelFunc;
    replace(name, (call) => {
      const { inputs, attrs: attributes } = call;
      const gpu = new KernelScope(backend);
      // tfjs types its maps as possibly undefined; the engine always passes them.
      const ours = {
        inputs: inputs as Record<string, TensorInfo>,
        attributes: (attributes ?? {}) as Record<string, unknown>,
        gpu,
      };
      if (accepts && !accepts(ours)) return (before ?? referenceKernel(name)!)(call);
      counters.count(counters.kernelCalls, name);
      return gpu.enter(() => run(ours));
    });
  }

  function replace(kernelName: string, kernelFunc: KernelFunc): void {
    if (getKernel(kernelName, backendName)) unregisterKernel(kernelName, backendName);
    registerKernel({ kernelName, backendName, kernelFunc } satisfies KernelConfig);
  }
}

export function unregisterKernels(backendName: string): void {
  for (const { kernelName } of getKernelsForBackend(backendName)) unregisterKernel(kernelName, backendName);
}

/** Stock kernels relabel a tensor when they cast to a wider type; ours want the elements to be what the label says. */
function relabelled(outputs: TensorInfo | TensorInfo[], backend: TensorBackend): TensorInfo | TensorInfo[] {
  if (Array.isArray(outputs)) return outputs.map((output) => relabel(output, backend));
  return relabel(outputs, backend);
}

function relabel(output: TensorInfo, backend: TensorBackend): TensorInfo {
  const stored = backend.stored(output).dtype;
  // int32 and bool are stored alike.
  if (output.dtype !== 'float32' || (stored !== 'int32' && stored !== 'bool')) return output;
  const gpu = new KernelScope(backend);
  const converted = gpu.enter(() => toFloat(gpu, { ...output, dtype: stored }));
  backend.disposeData(output.dataId);
  return converted;
}
