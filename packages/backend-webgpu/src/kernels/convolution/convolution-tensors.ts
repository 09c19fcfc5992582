import type { TensorInfo } from '@tensorflow/tfjs-core';

/** Tensors of a forward pass. */
export interface ForwardTensors {
  x: TensorInfo;
  kernel: TensorInfo;
  bias?: TensorInfo | undefined;
  y: TensorInfo;
}

/** Tensors of an input gradient; a transposed convolution has a bias and an activation as well. */
export interface InputGradientTensors {
  dy: TensorInfo;
  kernel: TensorInfo;
  y?: TensorInfo | undefined;
  bias?: TensorInfo | undefined;
  relu?: boolean;
  dx: TensorInfo;
}

/** Tensors of a kernel gradient. */
export interface KernelGradientTensors {
  x: TensorInfo;
  dy: TensorInfo;
  y?: TensorInfo | undefined;
  dKernel: TensorInfo;
  dBias: TensorInfo;
}
