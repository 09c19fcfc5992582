import type { OpInputs } from '@striate/core';
import type { KernelInputs, Opened } from '@striate/core/backend';
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { Operations } from './operations.ts';

/** What a kernel is called with. */
export interface KernelCall<Inputs, Attributes> {
  inputs: Inputs;
  attributes: Attributes;
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

/** What a kernel leaves beside its output for another one. */
export interface Companion {
  /** 'places': where oneDNN's max pooling found the maxima; 'sums': a smaller tensor whose column sums are the same. */
  role: 'places' | 'sums';
  handle: number;
}

/** What a kernel does, and where. */
export interface KernelFunctions<Inputs, Attributes> {
  /** Not registered where TensorFlow computes on a GPU, whose operation has other conventions. */
  onlyOnCpu?: boolean;
  run(call: KernelCall<Inputs, Attributes>): Result[];
}

/** A kernel as data: the backend registers a list of them, untyped, because tfjs passes every kernel the same loose maps. */
export interface Kernel extends KernelFunctions<Record<string, TensorInfo>, Record<string, unknown>> {
  /** The op's name, 'striate.Conv2d', or that of a stock kernel, 'Softmax'. */
  name: string;
}

/**
 * The kernel of an op; its inputs and attributes are those of the op's definition.
 *
 * @example
 * const add = defineKernel(ops.add, { run: ({ inputs: { a, b }, run }) => [run.one('AddV2', [run.of(a), run.of(b)])] });
 */
export function defineKernel<Inputs extends OpInputs, Attributes extends object>(
  { definition: { name } }: Opened<Inputs, Attributes>,
  functions: KernelFunctions<KernelInputs<Inputs>, Attributes>,
): Kernel {
  return namedKernel(name, functions);
}

/** A kernel of a name that is no op's of ours: in the place of tfjs' kernel, whose inputs and attributes nothing tells. */
export function namedKernel<Inputs, Attributes>(name: string, functions: KernelFunctions<Inputs, Attributes>): Kernel {
  return { name, ...functions } as unknown as Kernel;
}
