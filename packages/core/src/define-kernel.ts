import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs, Opened } from './kernel-inputs.ts';
import type { OpInputs } from './op-inputs.ts';

/** What a kernel is called with: what the op got, and what its backend adds, `{ gpu }`. */
export type BackendCall<Inputs, Attributes, Added> = Added & { inputs: Inputs; attributes: Attributes };

/** What a kernel does. */
export interface BackendFunctions<Inputs, Attributes, Added, Outputs = TensorInfo | TensorInfo[]> {
  /** Left out: every call. One that is not accepted goes to the kernel registered before, or to the op's reference. */
  accepts?(call: BackendCall<Inputs, Attributes, Added>): boolean;
  run(call: BackendCall<Inputs, Attributes, Added>): Outputs;
}

/** A kernel as data: a backend registers a list of them, untyped, because tfjs passes every kernel the same loose maps. */
export interface BackendKernel<Added, Outputs = TensorInfo | TensorInfo[]> extends BackendFunctions<
  Record<string, TensorInfo>,
  Record<string, unknown>,
  Added,
  Outputs
> {
  /** The op's name, 'striate.Conv2d', or that of a stock kernel, 'Add'. */
  name: string;
}

/** How a backend's kernels are defined, typed by the op: {@link kernelOf} with what the backend adds. */
export type DefineKernel<Added, Outputs = TensorInfo | TensorInfo[]> = <
  Inputs extends OpInputs,
  Attributes extends object,
>(
  op: Opened<Inputs, Attributes>,
  functions: BackendFunctions<KernelInputs<Inputs>, Attributes, Added, Outputs>,
) => BackendKernel<Added, Outputs>;

/** The same for a name that is no op's of ours: {@link kernelNamed} with what the backend adds. */
export type NameKernel<Added, Outputs = TensorInfo | TensorInfo[]> = <Inputs, Attributes>(
  name: string,
  functions: BackendFunctions<Inputs, Attributes, Added, Outputs>,
) => BackendKernel<Added, Outputs>;

/** The kernel of an op; its inputs and attributes are those of the op's definition. */
export function kernelOf<Inputs extends OpInputs, Attributes extends object, Added, Outputs>(
  { definition: { name } }: Opened<Inputs, Attributes>,
  functions: BackendFunctions<KernelInputs<Inputs>, Attributes, Added, Outputs>,
): BackendKernel<Added, Outputs> {
  return kernelNamed(name, functions);
}

/** A kernel of a name that is no op's of ours: in the place of tfjs' kernel, whose inputs and attributes nothing tells. */
export function kernelNamed<Inputs, Attributes, Added, Outputs>(
  name: string,
  functions: BackendFunctions<Inputs, Attributes, Added, Outputs>,
): BackendKernel<Added, Outputs> {
  return { name, ...functions } as unknown as BackendKernel<Added, Outputs>;
}
