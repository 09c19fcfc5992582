import { ops } from '@striate/core/backend';
import { defineKernel, type Kernel } from '../kernel.ts';

export const sgd: Kernel = defineKernel(ops.sgd, {
  run({ inputs, attributes: { learningRate, momentum, nesterov, weightDecay, decays, count }, run }) {
    const updates = Array.from({ length: count }, (_, index): { parameter: number; velocity: number } => {
      const input = (role: string): number => run.of(inputs[`${role}${index}`]!);
      const decayed = decays[index] && weightDecay !== 0;
      const gradient = decayed
        ? run.one('AddV2', [input('gradient'), run.scaled(input('parameter'), weightDecay)])
        : input('gradient');
      const velocity =
        momentum === 0 ? gradient : run.one('AddV2', [run.scaled(input('velocity'), momentum), gradient]);
      const direction = nesterov ? run.one('AddV2', [gradient, run.scaled(velocity, momentum)]) : velocity;
      return { parameter: run.one('Sub', [input('parameter'), run.scaled(direction, learningRate)]), velocity };
    });
    const parameters = updates.map(({ parameter }) => parameter);
    return momentum === 0 ? parameters : [...parameters, ...updates.map(({ velocity }) => velocity)];
  },
});
