/** Addresses of an input gradient; a transposed convolution has a bias and an activation as well. */
export interface InputGradientTensors {
  dy: number;
  kernel: number;
  y?: number | undefined;
  dx: number;
  bias?: number | undefined;
  relu?: boolean;
}
