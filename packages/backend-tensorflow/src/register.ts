import { registerKernels } from '@striate/core/backend';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Constants } from './constants.ts';
import type { Kernel, Result } from './kernel.ts';
import type { StockKernels } from './load-stock-kernels.ts';
import { Operations } from './operations.ts';
import type { Recent } from './recent.ts';
import type { TensorBackend } from './tensor-backend.ts';

export interface Registration {
  backendName: string;
  backend: TensorBackend;
  constants: Constants;
  recent: Recent;
  stock: StockKernels;
  kernels: readonly Kernel[];
  isGpu: boolean;
  /** Calls by kernel name. */
  calls: Record<string, number>;
  fallbacks: Record<string, number>;
}

/** Gives the backend tfjs-node's kernels, each call of one counted, and ours. */
export function register({ backendName, stock, kernels, isGpu, fallbacks, ...ours }: Registration): void {
  registerKernels({
    backendName,
    stock: stock.kernels,
    wrap:
      ({ kernelName, kernelFunc }) =>
      (call) => {
        fallbacks[kernelName] = (fallbacks[kernelName] ?? 0) + 1;
        return kernelFunc(call);
      },
    kernels: kernels
      .filter(({ onlyOnCpu }) => !(onlyOnCpu && isGpu))
      .map(({ name, run }) => ({
        name,
        make:
          () =>
          ({ inputs, attrs }) => {
            const { backend, constants, recent, calls } = ours;
            calls[name] = (calls[name] ?? 0) + 1;
            constants.trim();
            const operations = new Operations(backend, constants, recent);
            try {
              // tfjs types its maps as possibly undefined; the engine always passes them.
              const given = inputs as Record<string, TensorInfo>;
              const results = run({ inputs: given, attributes: attrs ?? {}, isGpu, run: operations });
              const outputs = results.map((result) => outputOf(result, operations, backend));
              // Stock functions that call a kernel of ours expect a tensor alone.
              return outputs.length === 1 ? outputs[0]! : outputs;
            } finally {
              operations.end();
            }
          },
      })),
  });
}

function outputOf(result: Result, operations: Operations, backend: TensorBackend): TensorInfo {
  const { handle, dtype = 'float32', companion } = typeof result === 'number' ? { handle: result } : result;
  // A kernel that gives back one of its inputs, or one result twice, gives back a tensor of its own all the same.
  const kept = operations.keep(handle) ?? operations.keep(operations.one('Identity', [handle]))!;
  if (companion !== undefined) operations.keep(companion.handle);
  return backend.adopt(kept, dtype, companion);
}
