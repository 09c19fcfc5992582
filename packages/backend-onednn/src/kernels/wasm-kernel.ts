import { kernels, type KernelCall } from '@striate/backend-wasm/extend';
import type { KernelInputs, Opened } from '@striate/core/backend';
import type { OpInputs } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';

/** What the WebAssembly kernel of an op makes of a call: for one that turns out to be nothing for oneDNN. */
export function wasmKernel<Inputs extends OpInputs, Attributes extends object>(
  { definition }: Opened<Inputs, Attributes>,
  call: KernelCall<KernelInputs<Inputs>, Attributes>,
): TensorInfo | TensorInfo[] {
  const kernel = kernels.find(({ name }) => name === definition.name)!;
  return kernel.run(call as unknown as Parameters<typeof kernel.run>[0]); // the registry holds kernels untyped
}
