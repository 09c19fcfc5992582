import type { backend_util } from '@tensorflow/tfjs-core';

/** An attribute of a TensorFlow operation, as tfjs-node's binding takes it. */
export interface BindingAttribute {
  name: string;
  type: number;
  value: boolean | number | string | readonly number[];
}

/** What an operation gave: the handle of the tensor, its shape, and TensorFlow's number of its type. */
export interface BindingTensor {
  id: number;
  shape: number[];
  dtype: number;
}

/** tfjs-node's native binding, as far as it is used here. */
export interface Binding {
  createTensor(shape: readonly number[], dtype: number, values: backend_util.BackendValues): number;
  deleteTensor(handle: number): void;
  tensorDataSync(handle: number): backend_util.BackendValues;
  executeOp(
    operation: string,
    attributes: readonly BindingAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): BindingTensor[];
  getNumOfTensors(): number;
  isUsingGpuDevice(): boolean;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_BOOL: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
  readonly TF_Version: string;
}
