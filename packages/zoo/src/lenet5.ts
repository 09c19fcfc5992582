import { OptionError, checkChoice, checkOptions } from '@striate/core';
import { averagePool2d, conv2d, dense, flatten, input, maxPool2d, sequential, type Model } from '@striate/layers';
import { checkCommon } from './check-common.ts';

/** Options of {@link lenet5}. */
export interface Lenet5Options {
  /** [32, 32, C], as in the paper, or [28, 28, C] (the default), which the first convolution pads to 32. */
  inputShape?: readonly [number, number, number];
  /** Default 10. */
  classes?: number;
  /** After convolutions and hidden layers; the paper has a scaled tanh. Default 'relu'. */
  activation?: 'relu' | 'tanh';
  /** Default 'max'. */
  pooling?: 'max' | 'average';
}

/**
 * LeNet-5 as it is taught today: 6 filters of 5x5, pooling, 16 filters of 5x5, pooling, then 120, 84 and 10 neurons.
 * It ends in logits. 61,706 parameters for grey images.
 *
 * It differs from the paper's in that C3 sees all 6 maps, pooling has no weights, and the end is linear.
 * Source: LeCun, Bottou, Bengio, Haffner 1998, "Gradient-based learning applied to document recognition".
 *
 * @throws {OptionError} for an image that is neither 28x28 nor 32x32, or an unknown kind of pooling
 * @example
 * const network = initialize(lenet5(), { seed: 1 });
 */
export function lenet5(options: Lenet5Options = {}): Model {
  checkOptions('lenet5', options, { inputShape: true, classes: true, activation: true, pooling: true });
  const { inputShape = [28, 28, 1], classes = 10, activation = 'relu', pooling = 'max' } = options;
  checkCommon('lenet5', { inputShape, classes });
  checkChoice('lenet5', 'activation', activation, ['relu', 'tanh']);
  checkChoice('lenet5', 'pooling', pooling, ['max', 'average']);
  const [height, width] = inputShape;
  if (height !== width || (height !== 28 && height !== 32)) {
    throw new OptionError(`lenet5: inputShape is [${inputShape.join(', ')}], but images must be 28x28 or 32x32.`);
  }
  const pool = pooling === 'max' ? maxPool2d : averagePool2d;
  return sequential([
    input(inputShape, { name: 'input' }),
    conv2d({ name: 'conv2d', filters: 6, kernelSize: 5, padding: (32 - height) / 2, activation }),
    pool({ name: `${pooling}Pool2d`, poolSize: 2 }),
    conv2d({ name: 'conv2d_1', filters: 16, kernelSize: 5, activation }),
    pool({ name: `${pooling}Pool2d_1`, poolSize: 2 }),
    flatten({ name: 'flatten' }),
    dense({ name: 'dense', units: 120, activation }),
    dense({ name: 'dense_1', units: 84, activation }),
    dense({ name: 'dense_2', units: classes }),
  ]);
}
