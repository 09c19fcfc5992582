import { OptionError } from '@striate/core';
import { openCall, oursFor, registerKernels, type KernelCounters } from '@striate/core/backend';
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
  counters: KernelCounters;
}

/** Gives the backend tfjs-node's kernels, each call of one counted, and ours. */
export function register({ backendName, stock, kernels, isGpu, counters, ...ours }: Registration): void {
  registerKernels({
    backendName,
    stock: stock.kernels,
    wrap:
      ({ kernelName, kernelFunc }) =>
      (call) => {
        try {
          return counters.count('fallbacks', kernelName, () => kernelFunc(call));
        } catch (error) {
          throw asOurs(kernelName, openCall(call).inputs, error);
        }
      },
    kernels: kernels.map(({ name, accepts, run }) => ({
      name,
      make: (before) => (call) => {
        const { backend, constants, recent } = ours;
        const operations = new Operations(backend, constants, recent);
        const opened = { ...openCall(call), isGpu, run: operations };
        if (accepts && !accepts(opened)) return before(call);
        return counters.count('kernelCalls', name, () => {
          constants.trim();
          try {
            const outputs = run(opened).map((result) => outputOf(result, operations, backend));
            // Stock functions that call a kernel of ours expect a tensor alone.
            return outputs.length === 1 ? outputs[0]! : outputs;
          } finally {
            operations.end();
          }
        });
      },
    })),
  });
}

/** TensorFlow has many operations for some types alone: an invalid argument (3) then, or a tensor that has no methods. */
function asOurs(kernelName: string, inputs: Record<string, TensorInfo>, cause: unknown): unknown {
  const types = [...new Set(Object.values(inputs).map(({ dtype }) => dtype))];
  const isRefusal = cause instanceof Error && /Invalid TF_Status: 3|is not a function/.test(cause.message);
  if (!isRefusal || types.every((dtype) => dtype === 'float32')) return cause;
  const ours = oursFor(kernelName);
  return new OptionError(
    `tensorflow: TensorFlow's ${kernelName} does not take what it was given, of ${types.join(' and ')}. ` +
      (ours ? `Write ${ours}, which takes it as the numbers that it is.` : 'Convert it first: ops.toFloat(x).'),
    { cause },
  );
}

function outputOf(result: Result, operations: Operations, backend: TensorBackend): TensorInfo {
  const { handle, dtype = 'float32', companion } = typeof result === 'number' ? { handle: result } : result;
  // A kernel that gives back one of its inputs, or one result twice, gives back a tensor of its own all the same.
  const kept = operations.keep(handle) ?? operations.keep(operations.one('Identity', [handle]))!;
  if (companion !== undefined) operations.keep(companion.handle);
  return backend.adopt(kept, dtype, companion);
}
