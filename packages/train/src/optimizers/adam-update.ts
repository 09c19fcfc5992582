import { ops, option, type Option } from '@striate/core';
import type { LearningRate } from '../schedules/schedule.ts';
import { learningRate } from '../schedules/learning-rate.ts';
import type { OptimizerFunctions } from './optimizer.ts';
import { decayFlags, weightDecay, type WeightDecayOptions } from './weight-decay.ts';
import { zerosLikeAll } from './zeros-like-all.ts';

/** Options of `adam` and `adamW`. */
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

const number = (doc: string, usual: number): Option<number, 'filled'> =>
  option.number({ doc, default: usual, minimum: 0, below: 1 });

/** {@link AdamOptions}, with the usual decay. */
export function adamOptions(usualDecay: number): {
  learningRate: Option<LearningRate, 'filled'>;
  beta1: Option<number, 'filled'>;
  beta2: Option<number, 'filled'>;
  epsilon: Option<number, 'filled'>;
} & ReturnType<typeof weightDecay> {
  return {
    learningRate: learningRate(1e-3),
    beta1: number('How slowly the mean of gradients forgets.', 0.9),
    beta2: number('How slowly the mean of squared gradients forgets.', 0.999),
    epsilon: option.number({ doc: 'Added to the denominator.', default: 1e-8, minimum: 0 }),
    ...weightDecay(usualDecay),
  };
}

/** Adam's functions, its weight decay through the gradient or apart from it. */
export function adamFunctions(
  { beta1, beta2, epsilon, weightDecay: decay, decays }: Required<Omit<AdamOptions, 'learningRate'>>,
  decoupled: boolean,
): OptimizerFunctions {
  return {
    init: (parameters) => ({ means: zerosLikeAll(parameters), variances: zerosLikeAll(parameters) }),
    update({ parameters, gradients, state, step, learningRate: rate, weightDecayFactor, kinds }) {
      const updated = ops.adam(
        { parameters, gradients, means: state['means']!, variances: state['variances']! },
        {
          learningRate: rate,
          beta1,
          beta2,
          epsilon,
          weightDecay: decay * weightDecayFactor,
          decoupled,
          decays: decayFlags(parameters, kinds, decays),
          step,
        },
      );
      return { parameters: updated.parameters, state: { means: updated.means, variances: updated.variances } };
    },
  };
}
