import { ShapeError, ops, option, tidy, type Kind } from '@striate/core';
import { dataFormatOption, inDataFormat, type DataFormatOption } from '../along-axis.ts';
import { formatShape, imageInput } from '../input-shapes.ts';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { randomLayer, rateOption } from '../random-layer.ts';

/** Options of {@link dropBlock}. */
export interface DropBlockOptions extends LayerOptions, DataFormatOption {
  /** About what share of the values is dropped, at least 0 and less than 1; where blocks overlap it is less. */
  rate: number;
  /** Height and width of a block. Default 7. */
  blockSize?: number;
}

/**
 * Dropout of square blocks: in training, blocks of blockSize x blockSize values are set to 0 at random places of each
 * channel, and the rest of the sample is scaled up by what is missing. Shapes: x and y [N, H, W, C].
 *
 * Source: Ghiasi, Lin, Le 2018, "DropBlock: a regularization method for convolutional networks",
 * https://arxiv.org/abs/1810.12890; `ops.dropBlockMask` has the formula
 *
 * @throws {OptionError} if an option is out of range
 * @throws {ShapeError} when a model is made, if a block does not fit into the image
 * @example
 * const y = dropBlock({ rate: 0.1, blockSize: 5 })(x);
 */
export const dropBlock: Kind<DropBlockOptions, LayerFunction> = layerKind({
  type: 'dropBlock',
  doc: 'Sets square blocks of values to 0 in training.',
  options: {
    rate: rateOption('About what share of the values is dropped.'),
    blockSize: option.count({ doc: 'Height and width of a block.', default: 7 }),
    ...dataFormatOption,
  },
  make({ rate, blockSize, dataFormat }) {
    const layer = randomLayer('dropBlock', rate, {
      checkShape(shape) {
        const [height, width] = imageInput('dropBlock', [shape]);
        if (Math.min(height ?? Infinity, width ?? Infinity) >= blockSize) return;
        throw new ShapeError(
          `dropBlock: a block of ${blockSize}x${blockSize} does not fit into ${formatShape(shape)}. Use a smaller blockSize.`,
        );
      },
      drop: (x, source) =>
        tidy(() => ops.scaleBy(x, ops.dropBlockMask({ ...source, shape: x.shape, rate, blockSize }))),
    });
    return inDataFormat('dropBlock', dataFormat, layer);
  },
});
