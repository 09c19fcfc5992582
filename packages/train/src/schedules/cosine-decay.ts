import { option, type Kind, type KindRecord } from '@striate/core';
import { firstRate } from './first-rate.ts';
import { scheduleKind } from './schedule.ts';

/** Options of {@link cosineDecay}. */
export interface CosineDecayOptions {
  /** At step 0. Default 0.001. */
  initialLearningRate?: number;
  /** Steps until the lowest rate is reached: epochs * batchesPerEpoch for all of a training. */
  decaySteps: number;
  /** Lowest rate as a share of the initial one, in [0, 1]. Default 0. */
  alpha?: number;
}

/**
 * A learning rate that falls from its initial value along half a cosine, and then stays:
 *
 *   rate(step) = initialLearningRate * (alpha + (1 - alpha) * (1 + cos(pi * min(step, decaySteps) / decaySteps)) / 2)
 *
 * Source: Loshchilov and Hutter 2017, https://arxiv.org/abs/1608.03983, without restarts; Keras' CosineDecay
 *
 * @throws {OptionError} if an option is out of range
 * @example
 * const optimizer = adam({ learningRate: cosineDecay({ initialLearningRate: 1e-3, decaySteps: 6 * 938 }) });
 */
export const cosineDecay: Kind<CosineDecayOptions, KindRecord> = scheduleKind({
  type: 'cosineDecay',
  doc: 'Falls along half a cosine, then stays.',
  options: {
    initialLearningRate: firstRate,
    decaySteps: option.count({ doc: 'Steps until the lowest rate.', example: 5628 }),
    alpha: option.number({ doc: 'Lowest rate as a share of the first.', default: 0, minimum: 0, maximum: 1 }),
  },
  make:
    ({ initialLearningRate, decaySteps, alpha }) =>
    (step) => {
      const height = (1 + Math.cos((Math.PI * Math.min(step, decaySteps)) / decaySteps)) / 2;
      return initialLearningRate * (alpha + (1 - alpha) * height);
    },
});
