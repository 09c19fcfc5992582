import type { OpInputs } from '@striate/core';
import type { KernelInputs, Opened } from '@striate/core/backend';
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

/** What a kernel is called with. */
export interface KernelCall<Inputs, Attributes> {
  inputs: Inputs;
  attributes: Attributes;
  gpu: Gpu;
}

/** What a kernel does. */
export interface KernelFunctions<Inputs, Attributes> {
  /** Left out: every call. One that is not accepted goes to the stock kernel of this name, or to the op's reference. */
  accepts?(call: KernelCall<Inputs, Attributes>): boolean;
  run(call: KernelCall<Inputs, Attributes>): TensorInfo | TensorInfo[];
}

/** A kernel as data: the backend registers a list of them, untyped, because tfjs passes every kernel the same loose maps. */
export interface Kernel extends KernelFunctions<Record<string, TensorInfo>, Record<string, unknown>> {
  /** The op's name, 'striate.Conv2d', or that of a stock kernel, 'Add'. */
  name: string;
}

/**
 * The kernel of an op; its inputs and attributes are those of the op's definition.
 *
 * @example
 * const add = defineKernel(ops.add, { run: ({ inputs: { a, b }, gpu }) => sum(gpu, a, b) });
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
