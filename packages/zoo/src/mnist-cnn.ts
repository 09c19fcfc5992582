import { checkOptions, checkRange } from '@striate/core';
import { conv2d, dense, dropout, flatten, input, maxPool2d, sequential, type Model } from '@striate/layers';
import { checkCommon } from './check-common.ts';

/** Options of {@link mnistCnn}. */
export interface MnistCnnOptions {
  /** [H, W, C]. Default [28, 28, 1]. */
  inputShape?: readonly [number, number, number];
  /** Default 10. */
  classes?: number;
  /** Share of the values dropped before the dense layers. Default 0.5. */
  dropoutRate?: number;
}

/**
 * A small CNN for MNIST: 32 and 64 filters of 3x3 with relu, each followed by 2x2 max pooling, dropout, then 128 and
 * 10 neurons. It ends in logits. 225,034 parameters for MNIST.
 *
 * Source: after Chollet 2015, "Simple MNIST convnet" (Keras' first example), with a hidden dense layer.
 *
 * @throws {OptionError} for an unknown option, or an impossible value
 * @example
 * const network = initialize(mnistCnn(), { seed: 1 });
 */
export function mnistCnn(options: MnistCnnOptions = {}): Model {
  checkOptions('mnistCnn', options, { inputShape: true, classes: true, dropoutRate: true });
  const { inputShape = [28, 28, 1], classes = 10, dropoutRate = 0.5 } = options;
  checkCommon('mnistCnn', { inputShape, classes });
  checkRange('mnistCnn', 'dropoutRate', dropoutRate, 0, 1);
  return sequential([
    input(inputShape, { name: 'input' }),
    conv2d({ name: 'conv2d', filters: 32, kernelSize: 3, activation: 'relu' }),
    maxPool2d({ name: 'maxPool2d', poolSize: 2 }),
    conv2d({ name: 'conv2d_1', filters: 64, kernelSize: 3, activation: 'relu' }),
    maxPool2d({ name: 'maxPool2d_1', poolSize: 2 }),
    flatten({ name: 'flatten' }),
    dropout({ name: 'dropout', rate: dropoutRate }),
    dense({ name: 'dense', units: 128, activation: 'relu' }),
    dense({ name: 'dense_1', units: classes }),
  ]);
}
