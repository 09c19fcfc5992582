import { ops, option, type Kind } from '@striate/core';
import { dataFormatOption, inDataFormat } from '../along-axis.ts';
import type { LayerFunction } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { slidingWindow } from '../window.ts';
import { pool2dOptions, pooledShape, poolGeometry, poolWindow, type Pool2dOptions } from './pool-options.ts';

/** Options of {@link averagePool2d}. */
export interface AveragePool2dOptions extends Pool2dOptions {
  /** Count the padding's zeros as pixels (PyTorch's default) or leave them out (Keras'). Default false. */
  countPadding?: boolean;
  /** Divide by this whole number instead of by the pixels that count (PyTorch's divisor_override). Default: none. */
  divisor?: number;
}

/**
 * The mean of each window and channel: the sum divided by
 *
 * - the pixels of the image in the window, by default, as Keras does with padding 'same';
 * - with `countPadding`, those of the padded image, as PyTorch does by default;
 * - `divisor`, where there is one.
 *
 * What `ceilMode` lets hang over the padded image never counts (PyTorch's rule).
 * Shapes: x [N, H, W, C], y [N, H', W', C] where H' = floor((H + 2p - poolSize) / s) + 1; with ceilMode the ceiling.
 *
 * @throws {OptionError} for impossible options, such as padding that is not smaller than the window
 * @throws {ShapeError} when a model is made, if the window does not fit
 * @example
 * const y = averagePool2d({ poolSize: 3, strides: 2, padding: 'same' })(x); // [28, 28, 6] becomes [14, 14, 6]
 */
export const averagePool2d: Kind<AveragePool2dOptions, LayerFunction> = layerKind({
  type: 'averagePool2d',
  doc: 'The mean of each window and channel.',
  options: {
    ...pool2dOptions,
    countPadding: option.flag({ doc: "Count the padding's zeros as pixels.", default: false }),
    divisor: option.optional(option.count({ doc: 'Divide by this instead of by the pixels that count.', example: 4 })),
    ...dataFormatOption,
  },
  make(settings) {
    const { countPadding, divisor } = settings;
    const window = poolWindow('averagePool2d', settings);

    return inDataFormat('averagePool2d', settings.dataFormat, {
      computes: 'means',
      window: slidingWindow({ ...settings, kernelSize: settings.poolSize }),
      outputShapes: (inputs) => [pooledShape('averagePool2d', inputs, window)],
      apply([x]) {
        const geometry = poolGeometry('averagePool2d', window, x!);
        return { outputs: [ops.averagePool2d(x!, { ...geometry, countPadding, divisor: divisor ?? 0 })] };
      },
    });
  },
});

/** The layer that averages over the windows of another that pools. */
export function averageOfWindows({ poolSize, strides, padding, ceilMode, dataFormat }: Pool2dOptions): LayerFunction {
  const windows = { poolSize, strides, padding, ceilMode, dataFormat };
  return averagePool2d(Object.fromEntries(Object.entries(windows).filter(([, value]) => value !== undefined)));
}
