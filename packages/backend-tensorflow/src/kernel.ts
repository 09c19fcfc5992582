import {
  kernelNamed,
  kernelOf,
  type BackendCall,
  type BackendFunctions,
  type BackendKernel,
  type DefineKernel,
  type NameKernel,
} from '@striate/core/backend';
import type { DataType } from '@tensorflow/tfjs-core';
import type { Companion } from './companion.ts';
import type { Operations } from './operations.ts';

/** What every kernel gets besides. */
interface WithTensorFlow {
  /** Whether TensorFlow computes on a GPU. */
  isGpu: boolean;
  /** TensorFlow's operations on handles; what is not given back is deleted when the kernel ends. */
  run: Operations;
}

/** What a kernel gives back: a handle that {@link Operations} made, and what there is to say of it. */
export type Result =
  | number
  | {
      handle: number;
      /** Default float32. */
      dtype?: DataType;
      /** Another handle that lives as long as this tensor, for a later kernel: see `companionOf`. */
      companion?: Companion;
    };

/** What a kernel is called with. */
export type KernelCall<Inputs, Attributes> = BackendCall<Inputs, Attributes, WithTensorFlow>;

/** What a kernel does. */
export type KernelFunctions<Inputs, Attributes> = BackendFunctions<Inputs, Attributes, WithTensorFlow, Result[]>;

/** A kernel as data, for the backend's list. */
export type Kernel = BackendKernel<WithTensorFlow, Result[]>;

/**
 * The kernel of an op; its inputs and attributes are those of the op's definition.
 *
 * @example
 * const add = defineKernel(ops.add, { run: ({ inputs: { a, b }, run }) => [run.one('AddV2', [run.of(a), run.of(b)])] });
 */
export const defineKernel: DefineKernel<WithTensorFlow, Result[]> = kernelOf;

/** A kernel of a name that is no op's of ours: in the place of tfjs' kernel, whose inputs and attributes nothing tells. */
export const namedKernel: NameKernel<WithTensorFlow, Result[]> = kernelNamed;
