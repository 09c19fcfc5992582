import { ops, type Tensor } from '@striate/core';

/**
 * Mean of what a loss gives for each sample: sum(weights * losses) / N, as Keras' 'sum_over_batch_size'. Without weights, the mean.
 *
 * Shapes: losses [N], weights [N]; the result is a scalar.
 */
export function weightedMean(losses: Tensor, weights: Tensor | undefined): Tensor {
  if (!weights) return ops.mean(losses);
  const count = losses.size;
  // A product of matrices, since it has a gradient among our ops; the weights' own scaling needs none.
  const shares = ops.reshape(ops.multiply(weights, 1 / count), [1, count]);
  return ops.reshape(ops.matMul({ a: shares, b: ops.reshape(losses, [count, 1]) }), []);
}
