// The one door to the engine: everybody but core and the backends takes tensors and stock operations from here.
export {
  add,
  argMax,
  cast,
  clone,
  concat,
  div,
  engine,
  exp,
  expandDims,
  fill,
  keep,
  log,
  max,
  mean,
  memory,
  min,
  mul,
  neg,
  oneHot,
  onesLike,
  pad,
  reshape,
  scalar,
  slice,
  softmax,
  sqrt,
  square,
  stack,
  sub,
  sum,
  tensor,
  tidy,
  transpose,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
export type { DataType, Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D, TensorInfo } from '@tensorflow/tfjs-core';

import { dispose as disposeContainer, type Tensor } from '@tensorflow/tfjs-core';

/** Tensors by name: parameters, moving statistics, gradients. */
export type Values = Record<string, Tensor>;

/** Gives back the memory of tensors, lists or records of tensors. */
export function dispose(...containers: (Tensor | readonly Tensor[] | Values | undefined)[]): void {
  for (const container of containers) if (container) disposeContainer(container as Tensor);
}
