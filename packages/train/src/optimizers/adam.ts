import { checkOptions, checkRange, ops } from '@striate/core';
import { checkLearningRate, type LearningRate } from './learning-rate.ts';
import type { Optimizer } from './optimizer.ts';
import { checkWeightDecay, decayFlags, trainedKinds, type WeightDecayOptions } from './weight-decay.ts';
import { zerosLikeAll } from './zeros-like-all.ts';

/** Options of {@link adam} and {@link adamW}. */
export interface AdamOptions extends WeightDecayOptions {
  /** Step size, at least 0, or a schedule. Default 0.001. */
  learningRate?: LearningRate;
  /** How slowly the mean of gradients forgets, in [0, 1). Default 0.9. */
  beta1?: number;
  /** How slowly the mean of squared gradients forgets, in [0, 1). Default 0.999. */
  beta2?: number;
  /** Added to the denominator. Default 1e-8, as in PyTorch; Keras' default is 1e-7. */
  epsilon?: number;
}

const adamOptions = {
  learningRate: true,
  beta1: true,
  beta2: true,
  epsilon: true,
  weightDecay: true,
  decays: true,
} as const;

/**
 * Adam:
 *
 *   g = gradient + weightDecay * p
 *   m = beta1 * m + (1 - beta1) * g;   v = beta2 * v + (1 - beta2) * g^2
 *   p = p - learningRate * (m / (1 - beta1^step)) / (sqrt(v / (1 - beta2^step)) + epsilon)
 *
 * Weight decay goes through the gradient here (an L2 penalty); {@link adamW} has it apart.
 * State: m and v for each parameter.
 *
 * Source: Kingma and Ba 2015, https://arxiv.org/abs/1412.6980
 *
 * @throws {OptionError} for an unknown option, or one that is out of range.
 * @example
 * const optimizer = adam({ learningRate: 1e-3 });
 */
export function adam(options: AdamOptions = {}): Optimizer {
  return makeAdam('adam', options, 0);
}

/**
 * AdamW: Adam whose weight decay is apart from the gradient, p = p * (1 - learningRate * weightDecay) before Adam's
 * step. weightDecay is 0.01 by default and acts on all parameters, as in PyTorch; `decays: ['kernel']` spares biases
 * and batch norm.
 *
 * Source: Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101
 *
 * @throws {OptionError} for an unknown option, or one that is out of range.
 * @example
 * const optimizer = adamW({ learningRate: 3e-3, weightDecay: 0.05, decays: ['kernel'] });
 */
export function adamW(options: AdamOptions = {}): Optimizer {
  return makeAdam('adamW', options, 0.01);
}

function makeAdam(type: 'adam' | 'adamW', options: AdamOptions, usualDecay: number): Optimizer {
  checkOptions(type, options, adamOptions, `${type}({ learningRate: 0.001 })`);
  const {
    learningRate = 1e-3,
    beta1 = 0.9,
    beta2 = 0.999,
    epsilon = 1e-8,
    weightDecay = usualDecay,
    decays = trainedKinds,
  } = options;
  checkLearningRate(type, learningRate);
  checkRange(type, 'epsilon', epsilon, 0, Infinity);
  checkRange(type, 'beta1', beta1, 0, 1);
  checkRange(type, 'beta2', beta2, 0, 1);
  checkWeightDecay(type, weightDecay, decays);
  return {
    type,
    options: { learningRate, beta1, beta2, epsilon, weightDecay, decays },
    init: (parameters) => ({ means: zerosLikeAll(parameters), variances: zerosLikeAll(parameters) }),
    update({ parameters, gradients, state, step, learningRate: rate, kinds }) {
      const {
        parameters: updated,
        means,
        variances,
      } = ops.adam(
        { parameters, gradients, means: state['means']!, variances: state['variances']! },
        {
          learningRate: rate,
          beta1,
          beta2,
          epsilon,
          weightDecay,
          decoupled: type === 'adamW',
          decays: decayFlags(parameters, kinds, decays),
          step,
        },
      );
      return { parameters: updated, state: { means, variances } };
    },
  };
}
