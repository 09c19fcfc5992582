import { ShapeError, add, fill, mul, ops, tidy, type ParameterSpec, type Shape, type Tensor } from '@striate/core';
import { checkActivation, fusedActivationNames, type FusedActivation } from '../activations.ts';
import { formatShape, knownSize } from '../input-shapes.ts';
import { defineLayer, type LayerFunction, type LayerOptions } from '../layer-function.ts';
import { checkChoice, checkRange, resolveOptions } from '../options.ts';

/** Options of {@link batchNorm}. */
export interface BatchNormOptions extends LayerOptions {
  /** Share of the old moving statistics that is kept at each step. Default 0.99. (PyTorch's momentum is 1 - ours.) */
  momentum?: number;
  /** Added to the variance. Default 1e-3. */
  epsilon?: number;
  /** Learn an offset beta. Default true. */
  center?: boolean;
  /** Learn a factor gamma. Default true. */
  scale?: boolean;
  /** Applied to the result. Default 'linear'. */
  activation?: FusedActivation;
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
 * with the batch's mean and (biased) variance in training, and their moving averages otherwise. A second input, if
 * there is one, is the residual. Shapes: x, residual and y [N, ..., C]; gamma, beta and the moving statistics [C].
 *
 * Source: Ioffe, Szegedy 2015, "Batch normalization: accelerating deep network training by reducing internal
 * covariate shift".
 *
 * @throws {OptionError} for impossible options
 * @throws {ShapeError} when a model is made, if the number of channels is not known or the residual's shape differs
 * @example
 * const y = batchNorm({ activation: 'relu' })([x, shortcut]);
 */
export function batchNorm(options: BatchNormOptions = {}): LayerFunction {
  const settings = resolveOptions('batchNorm', options, [], {
    momentum: 0.99,
    epsilon: 1e-3,
    center: true,
    scale: true,
    activation: 'linear',
    convention: 'keras',
  });
  const { momentum, epsilon, center, scale, activation, convention } = settings;
  checkRange('batchNorm', 'momentum', momentum, 0, 1);
  checkRange('batchNorm', 'epsilon', epsilon, 0, Infinity);
  checkActivation('batchNorm', activation, fusedActivationNames);
  checkChoice('batchNorm', 'convention', convention, ['keras', 'pytorch']);

  const perChannel = (
    inputs: readonly Shape[],
    type: 'zeros' | 'ones',
    kind: ParameterSpec['kind'],
  ): ParameterSpec => ({
    shape: [knownSize('batchNorm', inputs[0]!)],
    initializer: { type },
    kind,
  });

  return defineLayer({
    type: 'batchNorm',
    options: settings,
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
    parameters: (inputs) => ({
      ...(scale && { gamma: perChannel(inputs, 'ones', 'scale') }),
      ...(center && { beta: perChannel(inputs, 'zeros', 'bias') }),
    }),
    state: (inputs) => ({
      movingMean: perChannel(inputs, 'zeros', 'statistic'),
      movingVariance: perChannel(inputs, 'ones', 'statistic'),
    }),
    apply: ([x, residual], { gamma, beta, movingMean, movingVariance }, { training }) =>
      tidy(() => {
        const channels = x!.shape.slice(-1);
        const operands = {
          x: x!,
          gamma: gamma ?? fill(channels, 1),
          beta: beta ?? fill(channels, 0),
          ...(residual && { residual }),
        };
        if (!training) {
          const statistics = { mean: movingMean!, variance: movingVariance! };
          return { outputs: [ops.batchNormInference({ ...operands, ...statistics }, { epsilon, activation })] };
        }
        const { y, mean, variance } = ops.batchNorm(operands, { epsilon, activation });
        const count = x!.size / channels[0]!;
        const correction = convention === 'pytorch' && count > 1 ? count / (count - 1) : 1;
        const state = {
          movingMean: weightedSum(movingMean!, momentum, mean, 1 - momentum),
          movingVariance: weightedSum(movingVariance!, momentum, variance, (1 - momentum) * correction),
        };
        return { outputs: [y], state };
      }),
  });
}

function weightedSum(a: Tensor, weightOfA: number, b: Tensor, weightOfB: number): Tensor {
  return add(mul(a, weightOfA), mul(b, weightOfB));
}
