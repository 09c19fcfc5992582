import { mapOutputs, openCall, registerKernels, type KernelCounters } from '@striate/core/backend';
import { getKernelsForBackend, type TensorInfo } from '@tensorflow/tfjs-core';
import { KernelScope } from './kernel-scope.ts';
import type { Kernel } from './kernel.ts';
import type { TensorBackend } from './tensor-backend.ts';
import { toFloat } from './to-float.ts';

export interface Registration {
  backendName: string;
  backend: TensorBackend;
  kernels: readonly Kernel[];
  counters: KernelCounters;
}

/** Gives the backend every stock WebGPU kernel, each call of one counted, and puts ours in their places. */
export function register({ backendName, backend, kernels, counters }: Registration): void {
  registerKernels({
    backendName,
    stock: getKernelsForBackend('webgpu'),
    wrap:
      ({ kernelName, kernelFunc }) =>
      (call) =>
        counters.count('fallbacks', kernelName, () =>
          mapOutputs(kernelFunc(call), (output) => relabelled(output, backend)),
        ),
    kernels: kernels.map(({ name, accepts, run }) => ({
      name,
      make: (before) => (call) => {
        const gpu = new KernelScope(backend);
        const ours = { ...openCall(call), gpu };
        if (accepts && !accepts(ours)) return before(call);
        return counters.count('kernelCalls', name, () => gpu.enter(() => run(ours)));
      },
    })),
  });
}

/** Stock kernels relabel a tensor when they cast to a wider type; ours want the elements to be what the label says. */
function relabelled(output: TensorInfo, backend: TensorBackend): TensorInfo {
  const stored = backend.stored(output).dtype;
  // int32 and bool are stored alike.
  if (output.dtype !== 'float32' || (stored !== 'int32' && stored !== 'bool')) return output;
  const gpu = new KernelScope(backend);
  const converted = gpu.enter(() => toFloat(gpu, { ...output, dtype: stored }));
  backend.disposeData(output.dataId);
  return converted;
}
