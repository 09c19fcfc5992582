import { kernels, type KernelCall } from '@striate/backend-wasm/extend';
import type { TensorInfo } from '@tensorflow/tfjs-core';

/** What the WebAssembly kernel of this name makes of a call: for one that turns out to be nothing for oneDNN. */
export function wasmKernel(name: string, call: KernelCall<object, object>): TensorInfo | TensorInfo[] {
  return kernels.find((kernel) => kernel.name === name)!.run(call as KernelCall<Inputs, Attributes>);
}

type Inputs = Record<string, TensorInfo>;
type Attributes = Record<string, unknown>;
