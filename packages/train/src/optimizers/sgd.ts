import { ops, option, type Kind } from '@striate/core';
import { learningRate } from '../schedules/learning-rate.ts';
import type { LearningRate } from '../schedules/schedule.ts';
import { optimizerKind, type Optimizer } from './optimizer.ts';
import { decayFlags, weightDecay, type WeightDecayOptions } from './weight-decay.ts';
import { zerosLikeAll } from './zeros-like-all.ts';

/** Options of {@link sgd}. */
export interface SgdOptions extends WeightDecayOptions {
  /** Step size, at least 0, or a schedule. Default 0.01. */
  learningRate?: LearningRate;
  /** Share of the last step's velocity that is kept, 0 <= momentum < 1. Default 0. */
  momentum?: number;
  /** Look ahead along the velocity (Nesterov); needs momentum. Default false. */
  nesterov?: boolean;
}

/**
 * Stochastic gradient descent in PyTorch's form:
 *
 *   g = gradient + weightDecay * p;   v = momentum * v + g;   p = p - learningRate * (nesterov ? g + momentum * v : v)
 *
 * State: one velocity for each parameter if momentum > 0.
 *
 * Source: Sutskever et al. 2013, https://proceedings.mlr.press/v28/sutskever13.html
 *
 * @throws {OptionError} for an unknown option, one that is out of range, or if nesterov is asked for without momentum.
 * @example
 * const optimizer = sgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4, decays: ['kernel'] });
 */
export const sgd: Kind<SgdOptions, Optimizer> = optimizerKind({
  type: 'sgd',
  doc: 'Stochastic gradient descent, with momentum if asked for.',
  options: {
    learningRate: learningRate(0.01),
    momentum: option.number({
      doc: "Share of the last step's velocity that is kept.",
      default: 0,
      minimum: 0,
      below: 1,
    }),
    nesterov: option.flag({ doc: 'Look ahead along the velocity.', default: false }),
    ...weightDecay(0),
  },
  refuse: ({ momentum, nesterov }) =>
    nesterov && momentum === 0
      ? 'nesterov looks along the velocity, so it needs momentum above 0, such as 0.9'
      : undefined,
  make: ({ momentum, nesterov, weightDecay: decay, decays }) => ({
    init: (parameters) => (momentum === 0 ? {} : { velocities: zerosLikeAll(parameters) }),
    update({ parameters, gradients, state, learningRate: rate, weightDecayFactor, kinds }) {
      const updated = ops.sgd(
        { parameters, gradients, velocities: state['velocities'] ?? {} },
        {
          learningRate: rate,
          momentum,
          nesterov,
          weightDecay: decay * weightDecayFactor,
          decays: decayFlags(parameters, kinds, decays),
        },
      );
      return { parameters: updated.parameters, state: momentum === 0 ? {} : { velocities: updated.velocities } };
    },
  }),
});
