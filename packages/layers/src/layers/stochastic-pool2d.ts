import { ops, streams, type Kind } from '@striate/core';
import { dataFormatOption, inDataFormat } from '../along-axis.ts';
import type { LayerFunction } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { slidingWindow } from '../window.ts';
import { averageOfWindows } from './average-pool2d.ts';
import { pool2dOptions, pooledShape, poolGeometry, poolWindow, type Pool2dOptions } from './pool-options.ts';

/**
 * In training, one pixel of each window and channel is drawn, with a probability in proportion to its value; otherwise the
 * values are averaged with these probabilities: y = sum(a^2) / sum(a). Negative values count as 0 (a = max(0, x)): the
 * layer belongs behind a relu. Padding is never drawn. Which pixel is drawn depends on the seed, the step, the layer's
 * place in the model and the sample's place in the batch.
 *
 * Shapes: x [N, H, W, C], y [N, H', W', C] where H' = floor((H + 2p - poolSize) / s) + 1.
 *
 * Source: Zeiler, Fergus 2013, "Stochastic pooling for regularization of deep convolutional neural networks",
 * https://arxiv.org/abs/1301.3557
 *
 * @throws {OptionError} for impossible options, such as padding that is not smaller than the window
 * @throws {ShapeError} when a model is made, if the window does not fit
 * @example
 * const y = stochasticPool2d({ poolSize: 3, strides: 2 })(x);
 */
export const stochasticPool2d: Kind<Pool2dOptions, LayerFunction> = layerKind({
  type: 'stochasticPool2d',
  doc: 'Draws one pixel of each window in training; averages otherwise.',
  options: {
    ...pool2dOptions,
    ...dataFormatOption,
  },
  make(settings) {
    const window = poolWindow('stochasticPool2d', settings);

    return inDataFormat('stochasticPool2d', settings.dataFormat, {
      random: true,
      window: slidingWindow({ ...settings, kernelSize: settings.poolSize }),
      withoutZeroSlopes: () => averageOfWindows(settings),
      outputShapes: (inputs) => [pooledShape('stochasticPool2d', inputs, window)],
      apply([x], _values, { random }) {
        const { poolSize, strides, padding } = poolGeometry('stochasticPool2d', window, x!);
        const geometry = { poolSize, strides, padding };
        if (!random) return { outputs: [ops.probabilityPool2d(x!, geometry)] };
        return { outputs: [ops.stochasticPool2d(x!, { ...geometry, ...random, stream: streams.dropout })] };
      },
    });
  },
});
