import { option, type Kind, type KindRecord } from '@striate/core';
import { firstRate } from './first-rate.ts';
import { scheduleKind } from './schedule.ts';

/** Options of {@link exponentialDecay}. */
export interface ExponentialDecayOptions {
  /** At step 0. Default 0.001. */
  initialLearningRate?: number;
  /** Steps in which the rate falls by the factor `decayRate`. */
  decaySteps: number;
  /** What becomes of the rate in `decaySteps` steps, as a factor above 0: 0.1 divides by 10. */
  decayRate: number;
  /** Fall in stairs of `decaySteps` steps, instead of a little in each. Default false. */
  staircase?: boolean;
}

/**
 * A learning rate that falls by the same factor in the same number of steps:
 *
 *   rate(step) = initialLearningRate * decayRate^(step / decaySteps)
 *
 * the exponent being rounded down with `staircase`, which is PyTorch's StepLR(step_size=decaySteps, gamma=decayRate).
 *
 * Source: Keras' ExponentialDecay; with decaySteps 1, PyTorch's ExponentialLR
 *
 * @throws {OptionError} if an option is missing or out of range
 * @example
 * const learningRate = exponentialDecay({ initialLearningRate: 0.1, decaySteps: 30 * 391, decayRate: 0.1, staircase: true });
 */
export const exponentialDecay: Kind<ExponentialDecayOptions, KindRecord> = scheduleKind({
  type: 'exponentialDecay',
  doc: 'Falls by the same factor in the same number of steps, at once or in stairs.',
  options: {
    initialLearningRate: firstRate,
    decaySteps: option.count({ doc: 'Steps in which it falls by the factor.', example: 11_730 }),
    decayRate: option.number({ doc: 'The factor.', example: 0.1, above: 0 }),
    staircase: option.flag({ doc: 'Fall in stairs.', default: false }),
  },
  make:
    ({ initialLearningRate, decaySteps, decayRate, staircase }) =>
    (step) => {
      const times = step / decaySteps;
      return initialLearningRate * decayRate ** (staircase ? Math.floor(times) : times);
    },
});
