import { mul } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, only, type Op } from '../define-op.ts';
import { ShapeError } from '../errors.ts';
import { checkTensor } from '../check-tensors.ts';
import { globalAveragePool2d } from './average-pool2d.ts';
import { rescale } from './rescale.ts';
import { reshape } from './reshape.ts';

export const multiplyOp: Op<{ a: Tensor; b: Tensor }, object> = defineOp({
  name: 'striate.Multiply',
  shapes({ a, b }) {
    const isGate = a.rank === 4 && b.shape.join() === [a.shape[0], 1, 1, a.shape[3]].join();
    if (isGate || a.shape.join() === b.shape.join()) return [a.shape];
    throw new ShapeError(
      `multiply: [${a.shape.join(', ')}] and [${b.shape.join(', ')}] do not fit: they must be equal, or images [N, H, W, C] and one factor for each channel of each, [N, 1, 1, C] or [N, C].`,
    );
  },
  reference: ({ a, b }) => mul(a, b),
  gradient: {
    saves: ['a', 'b'],
    of: ({ dys: [dy], inputs: { a, b } }) => ({
      a: () => multiply(dy!, b),
      b: () => (a.shape.join() === b.shape.join() ? multiply(dy!, a) : sumOverPixels(multiply(dy!, a))),
    }),
  },
});

function sumOverPixels(x: Tensor): Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const sums = rescale(globalAveragePool2d(x), { scale: [height * width] });
  return reshape(sums, [batch, 1, 1, channels]);
}

/**
 * Product of two tensors of one shape, or of images [N, H, W, C] with a factor for each channel of each image, as in
 * squeeze-and-excitation: [N, 1, 1, C] or [N, C], in either order.
 *
 * @throws {ShapeError} if the shapes do not fit
 * @example
 * const scaled = ops.multiply(images, ops.activation(factors, 'sigmoid'));
 */
export function multiply(a: Tensor, b: Tensor): Tensor {
  checkTensor('multiply', 'a', a);
  checkTensor('multiply', 'b', b);
  const [images, factors] = a.size < b.size || a.rank < b.rank ? [b, a] : [a, b];
  const isRow = images.rank === 4 && factors.rank === 2;
  const [batch, channels] = factors.shape;
  return only(multiplyOp({ a: images, b: isRow ? reshape(factors, [batch, 1, 1, channels!]) : factors }, {}));
}
