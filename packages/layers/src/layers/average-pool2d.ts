import { ops, windowGeometry } from '@striate/core';
import { imageInput, windowShape } from '../input-shapes.ts';
import { defineLayer, type LayerFunction } from '../layer-function.ts';
import { resolveOptions } from '../options.ts';
import { poolWindow, type Pool2dOptions } from './pool-options.ts';

/** Options of {@link averagePool2d}. */
export interface AveragePool2dOptions extends Pool2dOptions {
  /** Count the padding's zeros as pixels (PyTorch's default) or leave them out (Keras'). Default false. */
  countPadding?: boolean;
}

/**
 * The mean of each window and channel.
 * Shapes: x [N, H, W, C], y [N, H', W', C] where H' = floor((H + 2p - poolSize) / s) + 1.
 *
 * @throws {OptionError} for impossible options, such as padding that is not smaller than the window
 * @throws {ShapeError} when a model is made, if the window does not fit
 * @example
 * const y = averagePool2d({ poolSize: 3, strides: 2, padding: 'same' })(x); // [28, 28, 6] becomes [14, 14, 6]
 */
export function averagePool2d(options: AveragePool2dOptions = {}): LayerFunction {
  const settings = resolveOptions('averagePool2d', options, [], {
    poolSize: 2,
    strides: options.poolSize ?? 2,
    padding: 'valid',
    countPadding: false,
  });
  const { countPadding } = settings;
  const window = poolWindow('averagePool2d', settings);

  return defineLayer({
    type: 'averagePool2d',
    options: settings,
    outputShapes(inputs) {
      const image = imageInput('averagePool2d', inputs);
      return [[...windowShape('averagePool2d', image, window), image[2]]];
    },
    apply([x]) {
      const { padding } = windowGeometry('averagePool2d', { ...window, size: [x!.shape[1]!, x!.shape[2]!] });
      return {
        outputs: [
          ops.averagePool2d(x!, { poolSize: window.kernelSize, strides: window.strides, padding, countPadding }),
        ],
      };
    },
  });
}
