import { add, cast, greater, isFinite, less, logicalNot, matMul, notEqual, sum, where } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * weights [1, M, K] times x [N, K, C], or their transposes [1, K, M]: a product of matrices in which what has a weight of 0
 * does not count, be it infinite or NaN.
 */
export function weightedSums(weights: Tensor, x: Tensor, transposed = false): Tensor {
  const product: Tensor = matMul(weights, x, transposed);
  // What follows takes several times as long, and changes nothing where all is finite.
  if (Number.isFinite(sum(product).dataSync()[0])) return product;

  const sums: Tensor = matMul(weights, where(isFinite(x), x, 0), transposed);
  const counts = cast(notEqual(weights, 0), 'float32');
  const reached = (marked: Tensor): Tensor => greater(matMul(counts, cast(marked, 'float32'), transposed), 0);
  // NaN is neither, and so becomes the sum of both infinities.
  const rise = where(reached(logicalNot(less(x, Infinity))), Infinity, 0);
  const fall = where(reached(logicalNot(greater(x, -Infinity))), -Infinity, 0);
  return add(sums, add(rise, fall));
}
