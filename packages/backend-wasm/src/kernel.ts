import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';

/** How a kernel's work is cut: depends on shapes alone, so that results do not depend on the number of threads. */
export interface Work {
  /** Independent items; each writes places of its own. */
  items: number;
  /** Working memory of one thread, in bytes. */
  scratchBytes?: number;
}

/** What a kernel sees of the backend. */
export interface KernelBackend {
  /** Byte address of the tensor's elements in wasm memory (brought there if they were on the host). */
  address(tensor: TensorInfo): number;
  /** A new tensor with undefined contents. */
  output(shape: readonly number[], dtype?: DataType): TensorInfo;
  /** A new tensor that shares the storage of `tensor`. */
  alias(tensor: TensorInfo, shape: readonly number[]): TensorInfo;
  /** Memory that lives until the kernel returns; not cleared; 16-byte aligned. */
  temporary(bytes: number): number;
  /** The float32 numbers at an address, to be read at once: memory that grows leaves them behind. */
  floats(address: number, length: number): Float32Array;
  /** Runs every item of an exported assembly kernel, on as many threads as there are. */
  run(assemblyKernel: string, args: readonly number[], work: Work): void;
  /** Whether Winograd convolution is allowed. */
  readonly winograd: boolean;
}

export interface KernelCall<Inputs, Attributes> {
  inputs: Inputs;
  attributes: Attributes;
  backend: KernelBackend;
}

/** A kernel as data: the backend registers a list of them. */
export interface Kernel<Inputs = Record<string, TensorInfo>, Attributes = Record<string, unknown>> {
  /** The op's name, 'striate.Conv2d' or a stock one, 'Add'. */
  name: string;
  /** Left out: every call. One that is not accepted goes to the kernel registered before, or to the op's reference. */
  accepts?(call: KernelCall<Inputs, Attributes>): boolean;
  run(call: KernelCall<Inputs, Attributes>): TensorInfo | TensorInfo[];
}

/**
 * Types a kernel's inputs and attributes where it is written; the registry holds them untyped,
 * because tfjs passes every kernel the same loose maps.
 */
export function kernel<Inputs, Attributes>(definition: Kernel<Inputs, Attributes>): Kernel {
  return definition as unknown as Kernel;
}
