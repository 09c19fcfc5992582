import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import type { Op, OpDefinition } from './define-op.ts';
import type { OpInputs } from './op-inputs.ts';

/** The inputs of an op as its kernels see them: where tensors lie, and nothing that could be called. */
export type KernelInputs<Inputs extends OpInputs> = {
  [Name in keyof Inputs]: Inputs[Name] extends Tensor ? TensorInfo : TensorInfo | undefined;
};

/** What a kernel is written for: any op that `defineOp` made. */
export interface Opened<Inputs extends OpInputs, Attributes extends object> {
  readonly definition: OpDefinition<Inputs, Attributes>;
}

/** What the kernels of an op get, for a function beside them: `AttributesOf<typeof ops.conv2d>`. */
export type AttributesOf<Of> = Of extends Op<infer _Inputs, infer Attributes> ? Attributes : never;

/** See {@link AttributesOf}. */
export type KernelInputsOf<Of> = Of extends Op<infer Inputs, infer _Attributes> ? KernelInputs<Inputs> : never;
