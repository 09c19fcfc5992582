import { option, type Kind, type KindRecord } from '@striate/core';
import { firstRate } from './first-rate.ts';
import { scheduleKind } from './schedule.ts';

/** Options of {@link polynomialDecay}. */
export interface PolynomialDecayOptions {
  /** At step 0. Default 0.001. */
  initialLearningRate?: number;
  /** Steps until the last rate is reached. */
  decaySteps: number;
  /** The rate from then on. Default 0.0001. */
  endLearningRate?: number;
  /** Of the share of steps that is left, above 0; 1 is a straight line. Default 1. */
  power?: number;
}

/**
 * A learning rate that goes from its initial value to another along a power of the steps that are left, and then stays:
 *
 *   rate(step) = endLearningRate + (initialLearningRate - endLearningRate) * (1 - min(step, decaySteps) / decaySteps)^power
 *
 * Source: Keras' PolynomialDecay, without cycles; with endLearningRate 0, PyTorch's PolynomialLR
 *
 * @throws {OptionError} if an option is missing or out of range
 * @example
 * const learningRate = polynomialDecay({ initialLearningRate: 0.1, decaySteps: 5628, endLearningRate: 0, power: 2 });
 */
export const polynomialDecay: Kind<PolynomialDecayOptions, KindRecord> = scheduleKind({
  type: 'polynomialDecay',
  doc: 'Goes to a last rate along a power of the steps that are left, then stays.',
  options: {
    initialLearningRate: firstRate,
    decaySteps: option.count({ doc: 'Steps until the last rate.', example: 5628 }),
    endLearningRate: option.number({ doc: 'The last rate.', default: 1e-4, minimum: 0 }),
    power: option.number({ doc: 'The power; 1 is a straight line.', default: 1, above: 0 }),
  },
  make:
    ({ initialLearningRate, decaySteps, endLearningRate, power }) =>
    (step) => {
      const left = (1 - Math.min(step, decaySteps) / decaySteps) ** power;
      return endLearningRate + (initialLearningRate - endLearningRate) * left;
    },
});
