import { mapOutputs, openCall, registerKernels, type KernelCounters } from '@striate/core/backend';
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { KernelScope } from './kernel-scope.ts';
import type { Kernel } from './kernel.ts';
import { isNumeric, toArrayOf } from './stored-tensor.ts';
import type { TensorBackend } from './tensor-backend.ts';

export interface Registration {
  backendName: string;
  backend: TensorBackend;
  /** For what ours do not compute. */
  stock: readonly KernelConfig[];
  kernels: readonly Kernel[];
  counters: KernelCounters;
  winograd: boolean;
}

/** Gives the backend the stock kernels, each call of one counted, and puts ours in their places. */
export function register({ backendName, backend, stock, kernels, counters, winograd }: Registration): void {
  registerKernels({
    backendName,
    stock,
    wrap:
      ({ kernelName, kernelFunc }) =>
      (call) =>
        counters.count('fallbacks', kernelName, () =>
          mapOutputs(kernelFunc(call), (output) => relabelled(output, backend)),
        ),
    kernels: kernels.map(({ name, accepts, run }) => ({
      name,
      make: (before) => (call) => {
        const scope = new KernelScope(backend, winograd);
        const ours = { ...openCall(call), backend: scope };
        if (accepts && !accepts(ours)) return before(call);
        return counters.count('kernelCalls', name, () => scope.enter(() => run(ours)));
      },
    })),
  });
}

/** Stock kernels relabel a tensor when they cast to a wider type; ours want the elements to be what the label says. */
function relabelled(output: TensorInfo, backend: TensorBackend): TensorInfo {
  const { dataId, shape, dtype } = output;
  const stored = backend.stored(output);
  if (stored.dtype === dtype || !isNumeric(dtype) || !isNumeric(stored.dtype)) return output;
  const converted = backend.makeTensorInfo(shape, dtype, toArrayOf(dtype, stored.view()));
  backend.disposeData(dataId);
  return converted;
}
