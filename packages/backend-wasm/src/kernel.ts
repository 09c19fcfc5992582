import {
  kernelNamed,
  kernelOf,
  type BackendCall,
  type BackendFunctions,
  type BackendKernel,
  type DefineKernel,
  type NameKernel,
} from '@striate/core/backend';
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

/** What every kernel gets besides. */
interface WithBackend {
  backend: KernelBackend;
}

/** What a kernel is called with. */
export type KernelCall<Inputs, Attributes> = BackendCall<Inputs, Attributes, WithBackend>;

/** What a kernel does. */
export type KernelFunctions<Inputs, Attributes> = BackendFunctions<Inputs, Attributes, WithBackend>;

/** A kernel as data, for the backend's list. */
export type Kernel = BackendKernel<WithBackend>;

/**
 * The kernel of an op; its inputs and attributes are those of the op's definition.
 *
 * @example
 * const add = defineKernel(ops.add, { run: ({ inputs: { a, b }, backend }) => sum(backend, a, b) });
 */
export const defineKernel: DefineKernel<WithBackend> = kernelOf;

/** A kernel of a name that is no op's of ours: in the place of tfjs' kernel, whose inputs and attributes nothing tells. */
export const namedKernel: NameKernel<WithBackend> = kernelNamed;
