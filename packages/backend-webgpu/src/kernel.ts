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

export interface KernelCall {
  inputs: Record<string, TensorInfo>;
  attributes: Record<string, unknown>;
  gpu: Gpu;
}

/** A kernel of ours under the name of an op of ours or of a stock one. */
export interface Kernel {
  name: string;
  /** Left out: every call. One that is not accepted goes to the stock kernel of this name, or to the op's reference. */
  accepts?(call: KernelCall): boolean;
  run(call: KernelCall): TensorInfo | TensorInfo[];
}
