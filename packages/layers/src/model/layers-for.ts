import { checkCounts, checkOptions } from '@striate/core';

/** Options of {@link layersFor}. */
export interface LayersForOptions {
  /** Pixels that one output pixel is to see along an axis. */
  receptiveField: number;
  /** Of each convolution. */
  kernelSize: number;
  /** Of each convolution. Default 1. */
  strides?: number;
  /** Of each convolution. Default 1. */
  dilation?: number;
  /** Size and stride of a pooling layer after each `convolutionsPerPooling` convolutions. Default: no pooling. */
  pooling?: number;
  /** Default 1. */
  convolutionsPerPooling?: number;
}

/**
 * How many convolutions it takes until one output pixel sees so many input pixels, by the rule of `receptiveField`:
 * r_l = r_(l-1) + (k - 1) d prod(strides before). Pooling layers, not counted as layers, add to it as well, those after the
 * last convolution apart.
 *
 * @returns `layers`: convolutions; `receptiveField`: what they reach
 * @throws {OptionError} if a number is not whole and at least 1, or the kernel does not see more than one pixel
 * @example
 * layersFor({ receptiveField: 288, kernelSize: 3 }); // { layers: 144, receptiveField: 289 }
 * layersFor({ receptiveField: 288, kernelSize: 3, strides: 3 }); // { layers: 6, receptiveField: 729 }
 */
export function layersFor(options: LayersForOptions): { layers: number; receptiveField: number } {
  checkOptions(
    'layersFor',
    options,
    {
      receptiveField: true,
      kernelSize: true,
      strides: true,
      dilation: true,
      pooling: true,
      convolutionsPerPooling: true,
    },
    'layersFor({ receptiveField: 288, kernelSize: 3 })',
  );
  const {
    receptiveField: wanted,
    kernelSize,
    strides = 1,
    dilation = 1,
    pooling = 1,
    convolutionsPerPooling = 1,
  } = options;
  checkCounts('layersFor', { receptiveField: wanted, kernelSize, strides, dilation, pooling, convolutionsPerPooling });
  checkCounts('layersFor', { 'kernelSize - 1': kernelSize - 1 });
  let layers = 0;
  let reached = 1;
  let step = 1;
  while (reached < wanted) {
    if (layers > 0 && layers % convolutionsPerPooling === 0) {
      reached += (pooling - 1) * step;
      step *= pooling;
    }
    reached += (kernelSize - 1) * dilation * step;
    step *= strides;
    layers++;
  }
  return { layers, receptiveField: reached };
}
