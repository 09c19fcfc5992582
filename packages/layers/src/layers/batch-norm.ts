import { ShapeError, ops, option, tidy, type Kind, type ParameterSpec, type Shape } from '@striate/core';
import { activateRest, activationOption, fusedPart, type Activation } from '../activations.ts';
import { alongAxis, axisOption, type AxisOption } from '../along-axis.ts';
import { formatShape, knownSize } from '../input-shapes.ts';
import type { LayerFunction } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import {
  scaleAndCenter,
  scaleAndCenterOptions,
  scaleAndCenterValues,
  type ScaleAndCenterOptions,
} from '../scale-and-center.ts';

/** Options of {@link batchNorm}. */
export interface BatchNormOptions extends ScaleAndCenterOptions, AxisOption {
  /**
   * Share of the old moving statistics that is kept at each step: PyTorch's momentum is 1 - ours. Default 0.9, PyTorch's,
   * with which the statistics are those of the last steps after some 50; with Keras' 0.99 they take 500, and a network
   * that was trained for fewer does badly outside training. (With `convention: 'pytorch'` the default is 0.99 as it
   * always was: write what you mean there.)
   */
  momentum?: number;
  /** Applied to the result. Default 'linear'. */
  activation?: Activation;
  /**
   * Which variance goes into the moving statistics: the biased one (sum / n, 'keras', the default) or the unbiased one
   * (sum / (n - 1), 'pytorch').
   */
  convention?: 'keras' | 'pytorch';
}

/**
 * Normalises each channel over batch, height and width:
 *
 *   y = activation((x - mean) / sqrt(variance + epsilon) * gamma + beta + residual)
 *
 * with the batch's mean and (biased) variance in training, and their moving averages otherwise. These begin with mean 0
 * and variance 1: after `n` steps `momentum ** n` of that is left, 0.5 % after 50 steps of the default. A second input, if
 * there is one, is the residual. Shapes: x, residual and y [N, ..., C], or with the channels at `axis`; gamma, beta and
 * the moving statistics [C].
 *
 * Source: Ioffe, Szegedy 2015, "Batch normalization: accelerating deep network training by reducing internal
 * covariate shift".
 *
 * @throws {OptionError} for impossible options
 * @throws {ShapeError} when a model is made, if the number of channels is not known or the residual's shape differs
 * @example
 * const y = batchNorm({ activation: 'relu' })([x, shortcut]);
 */
export const batchNorm: Kind<BatchNormOptions, LayerFunction> = layerKind({
  type: 'batchNorm',
  doc: 'Normalises each channel over batch, height and width.',
  options: {
    convention: option.choice({
      doc: "Which variance goes into the moving statistics: the biased one ('keras') or the unbiased one ('pytorch').",
      names: ['keras', 'pytorch'],
      default: 'keras',
    }),
    momentum: option.following(
      option.number({
        doc: "Share of the old moving statistics that is kept at each step: 1 less PyTorch's. 0.99 with convention 'pytorch'.",
        default: 0.9,
        minimum: 0,
        below: 1,
      }),
      ({ convention }) => (convention === 'pytorch' ? 0.99 : 0.9),
    ),
    ...scaleAndCenterOptions,
    activation: activationOption,
    ...axisOption,
  },
  make(settings) {
    const { momentum, epsilon, activation, convention } = settings;
    const fused = fusedPart(activation);

    const statistic = (inputs: readonly Shape[], type: 'zeros' | 'ones'): ParameterSpec => ({
      shape: [knownSize('batchNorm', inputs[0]!)],
      initializer: { type },
      kind: 'statistic',
    });

    return alongAxis('batchNorm', settings.axis, {
      activation,
      withActivation: (other) => batchNorm({ ...settings, activation: other }),
      takesResidual: true,
      channelMap: {
        axis: settings.axis ?? -1,
        epsilon,
        values: ({ movingMean, movingVariance, ...affine }) => ({
          mean: movingMean!,
          variance: movingVariance!,
          ...scaleAndCenterValues(movingMean!.shape, affine),
        }),
      },
      outputShapes(inputs) {
        const [x, residual = x!] = inputs;
        if (inputs.length > 2)
          throw new ShapeError(`batchNorm: has ${inputs.length} inputs, but takes 1, or 2 with a residual.`);
        knownSize('batchNorm', x!);
        if (formatShape(x!) !== formatShape(residual)) {
          throw new ShapeError(
            `batchNorm: x is ${formatShape(x!)} and the residual ${formatShape(residual)}, but they must be equal.`,
          );
        }
        return [x!];
      },
      parameters: (inputs) => scaleAndCenter([knownSize('batchNorm', inputs[0]!)], settings),
      state: (inputs) => ({ movingMean: statistic(inputs, 'zeros'), movingVariance: statistic(inputs, 'ones') }),
      apply: ([x, residual], { movingMean, movingVariance, ...affine }, { training }) =>
        tidy(() => {
          const channels = x!.shape.at(-1)!;
          const operands = { x: x!, ...scaleAndCenterValues([channels], affine), ...(residual && { residual }) };
          if (!training) {
            const statistics = { mean: movingMean!, variance: movingVariance! };
            const y = ops.batchNormInference({ ...operands, ...statistics }, { epsilon, activation: fused });
            return { outputs: [activateRest(y, activation)] };
          }
          const { y, mean, variance } = ops.batchNorm(operands, { epsilon, activation: fused });
          const count = x!.size / channels;
          const correction = convention === 'pytorch' && count > 1 ? count / (count - 1) : 1;
          const state = ops.movingAverage(
            {
              averages: { movingMean: movingMean!, movingVariance: movingVariance! },
              values: { movingMean: mean, movingVariance: variance },
            },
            { momentum, corrections: { movingVariance: correction } },
          );
          return { outputs: [activateRest(y, activation)], state };
        }),
    });
  },
});
