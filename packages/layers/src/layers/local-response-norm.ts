import { ops, option, type Kind } from '@striate/core';
import { alongAxis, axisOption, type AxisOption } from '../along-axis.ts';
import { onlyInput } from '../input-shapes.ts';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { activation } from './activation.ts';

/** Options of {@link localResponseNorm}. */
export interface LocalResponseNormOptions extends LayerOptions, AxisOption {
  /** How many neighbouring channels count, the channel itself among them. Default 5. */
  size?: number;
  /** Factor of the squares. Default 1e-4. */
  alpha?: number;
  /** Exponent. Default 0.75. */
  beta?: number;
  /** Added to the squares. Default 2. */
  k?: number;
  /**
   * Take alpha times the mean of the squares (PyTorch, Caffe) instead of their sum (AlexNet's paper, TensorFlow). The mean
   * is over `size` channels at the borders too, where some are missing. Default false.
   */
  averaged?: boolean;
}

/**
 * Divides each value by what its neighbours in the other channels of the same pixel amount to:
 *
 *   y[c] = x[c] / (k + alpha * sum of x[j]^2)^beta
 *
 * where j runs over `size` channels around c: floor(size / 2) before it, the rest after it; missing ones count as 0. The
 * defaults are AlexNet's. Others' options:
 *
 * | | |
 * | --- | --- |
 * | PyTorch, `LocalResponseNorm(size, alpha, beta, k)` | the same, and `averaged: true`; its defaults: alpha 1e-4, beta 0.75, k 1 |
 * | Caffe, `LRN` with local_size | size: local_size, `averaged: true`; its defaults: size 5, alpha 1, beta 0.75, k 1 |
 * | TensorFlow, `local_response_normalization` | size: 2 depth_radius + 1, k: bias; its defaults: size 11, alpha 1, beta 0.5, k 1 |
 *
 * Shapes: x and y [N, ..., C].
 *
 * Source: Krizhevsky, Sutskever, Hinton 2012, "ImageNet classification with deep convolutional neural networks", 3.3
 *
 * @throws {OptionError} for impossible options
 * @example
 * const y = localResponseNorm()(conv2d({ filters: 96, kernelSize: 11, strides: 4, activation: 'relu' })(x));
 */
export const localResponseNorm: Kind<LocalResponseNormOptions, LayerFunction> = layerKind({
  type: 'localResponseNorm',
  doc: 'Divides each value by what its neighbours in other channels amount to.',
  options: {
    size: option.count({ doc: 'How many neighbouring channels count, the channel itself among them.', default: 5 }),
    alpha: option.number({ doc: 'Factor of the squares.', default: 1e-4, minimum: 0 }),
    beta: option.number({ doc: 'Exponent.', default: 0.75, minimum: 0 }),
    k: option.number({ doc: 'Added to the squares.', default: 2, minimum: 0 }),
    averaged: option.flag({ doc: 'Take the mean of the squares instead of their sum.', default: false }),
    ...axisOption,
  },
  make(settings) {
    const { size, alpha, beta, k, averaged } = settings;
    return alongAxis('localResponseNorm', settings.axis, {
      withoutZeroSlopes: () => activation({ activation: 'linear' }),
      outputShapes: (inputs) => [onlyInput('localResponseNorm', inputs)],
      apply: ([x]) => ({
        outputs: [ops.localResponseNorm(x!, { size, alpha: averaged ? alpha / size : alpha, beta, k })],
      }),
    });
  },
});
