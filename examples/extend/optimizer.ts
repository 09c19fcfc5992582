// An optimiser of your own, Lion: steps of one size, along the sign of a mean of gradients. What a training was started
// with stands in its checkpoints, so `recipeOf(checkpoint, { kinds: [lion] })` makes it again.
import { fill, ops, option, type Kind, type Values } from '@striate/core';
import { defineOptimizer, learningRate, type LearningRate, type Optimizer } from '@striate/train';

/** Options of {@link lion}. */
export interface LionOptions {
  learningRate?: LearningRate;
  beta1?: number;
  beta2?: number;
  weightDecay?: number;
}

const share = { minimum: 0, below: 1 };

/**
 * Source: Chen et al. 2023, https://arxiv.org/abs/2302.06675
 *
 *   p = p - learningRate * (sign(beta1 * m + (1 - beta1) * g) + weightDecay * p);   m = beta2 * m + (1 - beta2) * g
 */
export const lion: Kind<LionOptions, Optimizer> = defineOptimizer({
  type: 'me/lion',
  doc: 'Steps of one size, along the sign of a mean of gradients.',
  options: {
    learningRate: learningRate(1e-4),
    beta1: option.number({ doc: 'Share of the mean in the direction.', default: 0.9, ...share }),
    beta2: option.number({ doc: 'How slowly the mean forgets.', default: 0.99, ...share }),
    weightDecay: option.number({ doc: 'How strongly parameters are pulled towards 0.', default: 0, minimum: 0 }),
  },
  make: ({ beta1, beta2, weightDecay }) => ({
    init: (parameters) => ({ means: mapped(parameters, (_, value) => fill(value.shape, 0)) }),
    update({ parameters, gradients, state, learningRate: rate, weightDecayFactor }) {
      const means = state['means']!;
      const mix = (path: string, beta: number) =>
        ops.add(ops.multiply(means[path]!, beta), ops.multiply(gradients[path]!, 1 - beta));
      const decay = weightDecay * weightDecayFactor;
      return {
        parameters: mapped(parameters, (path, value) => {
          const direction = ops.add(ops.sign(mix(path, beta1)), ops.multiply(value, decay));
          return ops.subtract(value, ops.multiply(direction, rate));
        }),
        state: { means: mapped(parameters, (path) => mix(path, beta2)) },
      };
    },
  }),
});

function mapped(values: Values, make: (path: string, value: Values[string]) => Values[string]): Values {
  return Object.fromEntries(Object.entries(values).map(([path, value]) => [path, make(path, value)]));
}
