import { add, div, mul, sqrt, square, sub } from '@tensorflow/tfjs-core';
import { defineOp, type Op } from '../define-op.ts';
import type { Values } from '../tensor.ts';
import { numbered, pack, unpack } from './parameter-lists.ts';

export type AdamAttributes = {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  weightDecay: number;
  /** true: AdamW, the parameter shrinks by learningRate * weightDecay; false: weightDecay * p is added to the gradient. */
  decoupled: boolean;
  /** Whether weight decay acts on a parameter: one entry each, in the order of `parameters`. */
  decays: readonly boolean[];
  /** Number of this step, counted from 1. */
  step: number;
};

export const adamOp: Op<Values, AdamAttributes & { count: number }> = defineOp({
  name: 'striate.Adam',
  varies: ['learningRate', 'step'],
  shapes: (inputs, { count }) => {
    const parameters = numbered(inputs, 'parameter', count).map(({ shape }) => shape);
    return [...parameters, ...parameters, ...parameters];
  },
  reference(inputs, { learningRate, beta1, beta2, epsilon, weightDecay, decoupled, decays, step, count }) {
    const gradients = numbered(inputs, 'gradient', count);
    const means = numbered(inputs, 'mean', count);
    const variances = numbered(inputs, 'variance', count);
    const meanBias = 1 - beta1 ** step;
    const deviationBias = Math.sqrt(1 - beta2 ** step);
    const updates = numbered(inputs, 'parameter', count).map((parameter, index) => {
      const decay = decays[index] ? weightDecay : 0;
      const start = decoupled && decay !== 0 ? mul(parameter, 1 - learningRate * decay) : parameter;
      const gradient = !decoupled && decay !== 0 ? add(gradients[index]!, mul(parameter, decay)) : gradients[index]!;
      const mean = add(mul(means[index]!, beta1), mul(gradient, 1 - beta1));
      const variance = add(mul(variances[index]!, beta2), mul(square(gradient), 1 - beta2));
      const deviation = add(div(sqrt(variance), deviationBias), epsilon);
      return { parameter: sub(start, mul(div(mean, deviation), learningRate / meanBias)), mean, variance };
    });
    return (['parameter', 'mean', 'variance'] as const).flatMap((role) => updates.map((update) => update[role]));
  },
});

/**
 * One step of Adam or AdamW for all parameters:
 *
 *   m = beta1 * m + (1 - beta1) * g;   v = beta2 * v + (1 - beta2) * g^2
 *   p = p - learningRate * (m / (1 - beta1^step)) / (sqrt(v / (1 - beta2^step)) + epsilon)
 *
 * Returns new tensors.
 *
 * Source: Kingma and Ba 2015, https://arxiv.org/abs/1412.6980; Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101
 */
export function adam(
  { parameters, gradients, means, variances }: Record<'parameters' | 'gradients' | 'means' | 'variances', Values>,
  attributes: AdamAttributes,
): Record<'parameters' | 'means' | 'variances', Values> {
  const names = Object.keys(parameters);
  const inputs = pack(names, { parameter: parameters, gradient: gradients, mean: means, variance: variances });
  const lists = unpack(names, adamOp(inputs, { ...attributes, count: names.length }));
  return { parameters: lists[0] ?? {}, means: lists[1] ?? {}, variances: lists[2] ?? {} };
}
