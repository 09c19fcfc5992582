import { cast, greater, mul } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** Activations that an op can apply while it stores its output. */
export type FusedActivation = 'linear' | 'relu';

/** `dy` where the rectified output `y` is positive, 0 elsewhere and where it is NaN; `dy` itself if there is no `y`. */
export function maskByOutput(dy: Tensor, y: Tensor | undefined): Tensor {
  return y ? mul(dy, cast(greater(y, 0), 'float32')) : dy;
}
