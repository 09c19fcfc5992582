import { registerKernels } from '@striate/core/backend';
import { getKernelsForBackend, type TensorInfo } from '@tensorflow/tfjs-core';
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
export function register({ backendName, backend, kernels, counters }: Registration): void {
  registerKernels({
    backendName,
    stock: getKernelsForBackend('webgpu'),
    wrap:
      ({ kernelName, kernelFunc }) =>
      (call) => {
        counters.count(counters.fallbacks, kernelName);
        return relabelled(kernelFunc(call), backend);
      },
    kernels: kernels.map(({ name, accepts, run }) => ({
      name,
      make: (before) => (call) => {
        const { inputs, attrs: attributes } = call;
        const gpu = new KernelScope(backend);
        // tfjs types its maps as possibly undefined; the engine always passes them.
        const ours = {
          inputs: inputs as Record<string, TensorInfo>,
          attributes: (attributes ?? {}) as Record<string, unknown>,
          gpu,
        };
        if (accepts && !accepts(ours)) return before(call);
        counters.count(counters.kernelCalls, name);
        return gpu.enter(() => run(ours));
      },
    })),
  });
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
