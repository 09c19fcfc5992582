import { div, fill, maximum, mul, sub, sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, only, type Op } from '../define-op.ts';
import { OptionError, ShapeError } from '../errors.ts';
import { sizeOf } from '../shape.ts';
import { dropout } from './dropout.ts';
import { maxPool2d } from './max-pool2d.ts';
import type { RandomSource } from './random-bits.ts';

export type DropBlockAttributes = RandomSource & {
  /** [N, H, W, C] */
  shape: readonly number[];
  /** About what share of the values is dropped, in [0, 1). */
  rate: number;
  /** Height and width of a block. */
  blockSize: number;
};

export const dropBlockMaskOp: Op<Record<never, never>, DropBlockAttributes> = defineOp({
  name: 'striate.DropBlockMask',
  varies: ['step', 'sampleOffset'],
  shapes(_, { shape, rate, blockSize }) {
    if (!(rate >= 0 && rate < 1)) throw new OptionError(`dropBlockMask: rate is ${rate}, but it must be in [0, 1).`);
    const [, height = 0, width = 0] = shape;
    if (shape.length === 4 && Math.min(height, width) >= blockSize) return [[...shape]];
    throw new ShapeError(
      `dropBlockMask: a block of ${blockSize}x${blockSize} does not fit into [${shape.join(', ')}], which must be [N, H, W, C].`,
    );
  },
  reference(_, { shape, rate, blockSize, ...source }) {
    const [samples, height, width, channels] = shape as [number, number, number, number];
    const [rows, columns] = [height - blockSize + 1, width - blockSize + 1];
    const gamma = (rate / blockSize ** 2) * ((height * width) / (rows * columns));
    const none = fill([samples, rows, columns, channels], 0);
    const corners = dropout(none, { ...source, rate: gamma, replacement: 1 });
    const reach = blockSize - 1;
    // A maximum over a square is one over columns of maxima over rows.
    const strides = [1, 1] as const;
    const rowsOf = { poolSize: [blockSize, 1], strides, padding: [reach, reach, 0, 0] } as const;
    const columnsOf = { poolSize: [1, blockSize], strides, padding: [0, 0, reach, reach] } as const;
    const dropped = maxPool2d(maxPool2d(corners, rowsOf), columnsOf);
    const kept = sub(1, dropped);
    const counts = maximum(sum(kept, [1, 2, 3], true), 1);
    return mul(kept, div(sizeOf([height, width, channels]), counts));
  },
});

/**
 * The mask of DropBlock: 0 in square blocks, and where it is not 0, H W C / (number of the sample's kept values), so
 * that the mean over a sample is 1. Upper left corners of blocks are drawn in each channel by itself, with probability
 * gamma = rate / blockSize^2 H W / ((H - blockSize + 1) (W - blockSize + 1)), where a block fits.
 *
 * Source: Ghiasi, Lin, Le 2018, "DropBlock: a regularization method for convolutional networks",
 * https://arxiv.org/abs/1810.12890; there one factor is shared by the whole batch, here each sample has its own, so that
 * no sample depends on the others.
 *
 * @throws {OptionError} if the rate is not in [0, 1)
 * @throws {ShapeError} if a block does not fit
 * @example
 * const y = ops.scaleBy(x, ops.dropBlockMask({ shape: x.shape, rate: 0.1, blockSize: 7, ...source }));
 */
export function dropBlockMask(attributes: DropBlockAttributes): Tensor {
  return only(dropBlockMaskOp({}, attributes));
}
