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

/** A number that changes from call to call: `uniforms.NAME` in the shader. */
export type Uniform = { type: 'f32' | 'i32' | 'u32'; value: number };

/** A tensor as an array of its elements (f32; i32 for int32 and bool), or of vectors of 4 of them. */
export type Binding = TensorInfo | { tensor: TensorInfo; vectors: true };

/** One run of a compute shader. */
export interface Dispatch {
  /** Names the program in statistics and labels: 'conv2d', 'batchNorm.statistics'. */
  name: string;
  /**
   * Compiled into the shader as `const NAME = value;`, untyped, so that whole numbers go with i32, u32 and f32 alike.
   * A pipeline is known by `name`, the constants, and the names and types of bindings and uniforms.
   */
  constants?: Readonly<Record<string, number | boolean>>;
  /** Storage that is read, by the name that the shader uses. */
  inputs?: Readonly<Record<string, Binding>>;
  /** Storage that is written (and may be read); none of it may be an input as well. */
  outputs: Readonly<Record<string, Binding>>;
  uniforms?: Readonly<Record<string, Uniform>>;
  /** WGSL with an entry point `main`, without the bindings; may depend on nothing but what a pipeline is known by. */
  code: () => string;
  workgroups: readonly [x: number, y: number, z: number];
}

/** What a kernel sees of the backend. */
export interface Gpu {
  /** A new tensor with undefined contents. */
  output(shape: readonly number[], dtype?: DataType): TensorInfo;
  /** A new tensor that shares the storage of `tensor`. */
  alias(tensor: TensorInfo, shape: readonly number[]): TensorInfo;
  /** Working memory with undefined contents, given back when the kernel returns. */
  scratch(shape: readonly number[], dtype?: DataType): TensorInfo;
  /** Records a run; runs see what earlier ones wrote. */
  dispatch(dispatch: Dispatch): void;
  readonly limits: GPUSupportedLimits;
  readonly features: { subgroups: boolean; f16: boolean };
}

/** What every kernel gets besides. */
interface WithGpu {
  gpu: Gpu;
}

/** What a kernel is called with. */
export type KernelCall<Inputs, Attributes> = BackendCall<Inputs, Attributes, WithGpu>;

/** What a kernel does. */
export type KernelFunctions<Inputs, Attributes> = BackendFunctions<Inputs, Attributes, WithGpu>;

/** A kernel as data, for the backend's list. */
export type Kernel = BackendKernel<WithGpu>;

/**
 * The kernel of an op; its inputs and attributes are those of the op's definition.
 *
 * @example
 * const add = defineKernel(ops.add, { run: ({ inputs: { a, b }, gpu }) => sum(gpu, a, b) });
 */
export const defineKernel: DefineKernel<WithGpu> = kernelOf;

/** A kernel of a name that is no op's of ours: in the place of tfjs' kernel, whose inputs and attributes nothing tells. */
export const namedKernel: NameKernel<WithGpu> = kernelNamed;
