import { add, mul, sub } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, type Op } from '../define-op.ts';
import type { Values } from '../tensor.ts';
import { numbered, pack, unpack } from './parameter-lists.ts';

export type SgdAttributes = {
  learningRate: number;
  momentum: number;
  nesterov: boolean;
  /** Added to the gradient as weightDecay * parameter (L2 penalty), for parameters that `decays` marks. */
  weightDecay: number;
  /** One entry a parameter, in the order of `parameters`. */
  decays: readonly boolean[];
};

export const sgdOp: Op<Values, SgdAttributes & { count: number }> = defineOp({
  name: 'striate.Sgd',
  varies: ['learningRate'],
  shapes: (inputs, { count, momentum }) => {
    const parameters = numbered(inputs, 'parameter', count).map(({ shape }) => shape);
    return momentum === 0 ? parameters : [...parameters, ...parameters];
  },
  reference(inputs, { learningRate, momentum, nesterov, weightDecay, decays, count }) {
    const gradients = numbered(inputs, 'gradient', count);
    const velocities = momentum === 0 ? [] : numbered(inputs, 'velocity', count);
    const updates = numbered(inputs, 'parameter', count).map((parameter, index): [Tensor, Tensor] => {
      const gradient =
        decays[index] && weightDecay !== 0 ? add(gradients[index]!, mul(parameter, weightDecay)) : gradients[index]!;
      const velocity = momentum === 0 ? gradient : add(mul(velocities[index]!, momentum), gradient);
      const direction = nesterov ? add(gradient, mul(velocity, momentum)) : velocity;
      return [sub(parameter, mul(direction, learningRate)), velocity];
    });
    const parameters = updates.map(([parameter]) => parameter);
    return momentum === 0 ? parameters : [...parameters, ...updates.map(([, velocity]) => velocity)];
  },
});

/**
 * One step of stochastic gradient descent for all parameters, in PyTorch's form:
 *
 *   g = gradient + weightDecay * p;   v = momentum * v + g;   p = p - learningRate * (nesterov ? g + momentum * v : v)
 *
 * Parameters without a gradient are not part of `parameters`. Returns new tensors; `velocities` is empty without momentum.
 */
export function sgd(
  { parameters, gradients, velocities }: Record<'parameters' | 'gradients' | 'velocities', Values>,
  attributes: SgdAttributes,
): { parameters: Values; velocities: Values } {
  const names = Object.keys(parameters);
  const moving = attributes.momentum === 0 ? {} : { velocity: velocities };
  const outputs = sgdOp(pack(names, { parameter: parameters, gradient: gradients, ...moving }), {
    ...attributes,
    count: names.length,
  });
  const [updated, moved] = unpack(names, outputs);
  return { parameters: updated!, velocities: moved ?? {} };
}
