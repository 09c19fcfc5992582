import { ops, option, type Kind } from '@striate/core';
import { fusedActivationNames, type FusedActivation } from '../activations.ts';
import { dataFormatOption, inDataFormat } from '../along-axis.ts';
import type { LayerFunction } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { slidingWindow } from '../window.ts';
import { averageOfWindows } from './average-pool2d.ts';
import { pool2dOptions, pooledShape, poolGeometry, poolWindow, type Pool2dOptions } from './pool-options.ts';

/** Options of {@link maxPool2d}. */
export interface MaxPool2dOptions extends Pool2dOptions {
  /** Applied to the maxima; relu(max(x)) equals max(relu(x)) and is cheaper. Default 'linear'. */
  activation?: FusedActivation;
}

/**
 * The largest value of each window and channel; padding never wins. Where several are equal, the gradient goes to the
 * first. Shapes: x [N, H, W, C], y [N, H', W', C] where H' = floor((H + 2p - poolSize) / s) + 1.
 *
 * @throws {OptionError} for impossible options, such as padding that is not smaller than the window
 * @throws {ShapeError} when a model is made, if the window does not fit
 * @example
 * const y = maxPool2d({ poolSize: 2 })(x); // [28, 28, 6] becomes [14, 14, 6]
 */
export const maxPool2d: Kind<MaxPool2dOptions, LayerFunction> = layerKind({
  type: 'maxPool2d',
  doc: 'The largest value of each window and channel.',
  options: {
    ...pool2dOptions,
    activation: option.choice({
      doc: 'Applied to the maxima.',
      names: fusedActivationNames,
      default: 'linear',
    }),
    ...dataFormatOption,
  },
  make(settings) {
    const { activation } = settings;
    const window = poolWindow('maxPool2d', settings);

    return inDataFormat('maxPool2d', settings.dataFormat, {
      activation,
      // In one pass, it has no other.
      withActivation: (other) =>
        other === 'linear' || other === 'relu' ? maxPool2d({ ...settings, activation: other }) : undefined,
      computes: 'largest',
      window: slidingWindow({ ...settings, kernelSize: settings.poolSize }),
      withoutZeroSlopes: () => averageOfWindows(settings),
      outputShapes: (inputs) => [pooledShape('maxPool2d', inputs, window)],
      apply: ([x]) => ({ outputs: [ops.maxPool2d(x!, { ...poolGeometry('maxPool2d', window, x!), activation })] }),
    });
  },
});
