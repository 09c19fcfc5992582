// A schedule of your own: the rate of a step is a function of its number, and of nothing else.
import { option, type Kind, type KindRecord } from '@striate/core';
import { defineSchedule } from '@striate/train';

/** Options of {@link inverseTime}. */
export interface InverseTimeOptions {
  initialLearningRate?: number;
  /** Steps until half of the rate is left. */
  halfLife: number;
}

/** rate(step) = initialLearningRate / (1 + step / halfLife) */
export const inverseTime: Kind<InverseTimeOptions, KindRecord> = defineSchedule({
  type: 'me/inverseTime',
  doc: 'Falls as one over the steps.',
  options: {
    initialLearningRate: option.number({ doc: 'Rate at step 0.', default: 1e-3, minimum: 0 }),
    halfLife: option.count({ doc: 'Steps until half of it is left.', example: 1000 }),
  },
  make:
    ({ initialLearningRate, halfLife }) =>
    (step) =>
      initialLearningRate / (1 + step / halfLife),
});
