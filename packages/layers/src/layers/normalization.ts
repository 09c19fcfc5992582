import { fill, ops, tensor, tidy, type Kind, type Tensor } from '@striate/core';
import { alongAxis, axisOption, type AxisOption } from '../along-axis.ts';
import { onlyInput } from '../input-shapes.ts';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { checkPerChannel, perChannel, perChannelOption, type PerChannel } from '../per-channel.ts';
import { activation } from './activation.ts';

/** Options of {@link normalization}. */
export interface NormalizationOptions extends LayerOptions, AxisOption {
  /** Mean of the training data: one number, or one for each channel. */
  mean: PerChannel;
  /** Variance of the training data: one number, or one for each channel. */
  variance: PerChannel;
}

/** The smallest standard deviation that is divided by, as in Keras. */
const smallestDeviation = 1e-7;

/**
 * y = (x - mean) / sqrt(variance), with constants measured on the training data, so that inputs have mean 0 and
 * variance 1. A deviation below 1e-7 counts as 1e-7. Shapes: x and y [N, ..., C].
 *
 * @throws {OptionError} unless mean and variance are finite numbers, and no variance is negative
 * @throws {ShapeError} when a model is made, if there are neither one number nor as many as channels
 * @example
 * const y = normalization({ mean: [125, 123, 114], variance: [3968, 3906, 4449] })(x);
 */
export const normalization: Kind<NormalizationOptions, LayerFunction> = layerKind({
  type: 'normalization',
  doc: 'Subtracts a mean and divides by a deviation, which are constants.',
  options: {
    mean: perChannelOption({ doc: 'Mean of the training data: one number, or one for each channel.', example: 0 }),
    variance: perChannelOption({ doc: 'Variance of the training data, likewise.', example: 1 }, 0),
    ...axisOption,
  },
  make(settings) {
    const mean = perChannel(settings.mean);
    const variance = perChannel(settings.variance).map((value) => Math.max(value, smallestDeviation ** 2));
    return alongAxis('normalization', settings.axis, {
      withoutZeroSlopes: () => activation({ activation: 'linear' }),
      outputShapes(inputs) {
        const shape = onlyInput('normalization', inputs);
        checkPerChannel('normalization', shape, { mean, variance });
        return [shape];
      },
      apply: ([x]) =>
        tidy(() => {
          const channels = x!.shape.at(-1)!;
          const vector = (list: readonly number[]): Tensor =>
            list.length === 1 ? fill([channels], list[0]!) : tensor([...list]);
          const constants = {
            gamma: fill([channels], 1),
            beta: fill([channels], 0),
            mean: vector(mean),
            variance: vector(variance),
          };
          return { outputs: [ops.batchNormInference({ x: x!, ...constants }, { epsilon: 0 })] };
        }),
    });
  },
});
