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

/** A kernel as data: the backend registers a list of them. */
export interface Kernel<Inputs = Record<string, TensorInfo>, Attributes = Record<string, unknown>> {
  /** The op's name, 'striate.Conv2d'. */
  name: string;
  /** Not registered where TensorFlow computes on a GPU, whose operation has other conventions. */
  onlyOnCpu?: boolean;
  run(call: KernelCall<Inputs, Attributes>): Result[];
}

/**
 * Types a kernel's inputs and attributes where it is written; the registry holds them untyped,
 * because tfjs passes every kernel the same loose maps.
 */
export function kernel<Inputs, Attributes>(definition: Kernel<Inputs, Attributes>): Kernel {
  return definition as unknown as Kernel;
}
