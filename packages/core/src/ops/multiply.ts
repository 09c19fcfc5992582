import { mul } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Op } from '../define-op.ts';
import { globalAveragePool2d } from './average-pool2d.ts';
import { definePairwise, pairwise, type Operand, type Pair, type PairAttributes } from './pairwise.ts';
import { rescale } from './rescale.ts';
import { reshape } from './reshape.ts';

export const multiplyOp: Op<Pair, PairAttributes> = definePairwise({
  name: 'striate.Multiply',
  reference: ({ a, b }) => mul(a, b),
  gradient: {
    saves: ['a', 'b'],
    a: ({ dys: [dy], inputs: { a, b } }) => summedOverPixels(multiply(dy!, b), a.shape),
    b: ({ dys: [dy], inputs: { a, b } }) => summedOverPixels(multiply(dy!, a), b.shape),
  },
});

/** The gradient of one factor for each channel of each image, [N, 1, 1, C], by a kernel that all backends have. */
function summedOverPixels(x: Tensor, shape: readonly number[]): Tensor {
  const [batch, height = 1, width = 1, channels] = x.shape;
  if (x.rank !== 4 || height * width === 1 || shape.join() !== [batch, 1, 1, channels].join()) return x;
  return reshape(rescale(globalAveragePool2d(x), { scale: [height * width] }), shape);
}

/**
 * a b, element by element; repeated where one has one place and the other more, as in NumPy.
 *
 * @throws {ShapeError} if the shapes do not fit
 * @example
 * const scaled = ops.multiply(images, factors); // [N, H, W, C] and [N, 1, 1, C]
 */
export function multiply(a: Operand, b: Operand): Tensor {
  return pairwise('multiply', multiplyOp, a, b);
}
