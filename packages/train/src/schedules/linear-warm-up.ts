import { isRecord, option, type Kind, type KindRecord } from '@striate/core';
import { scheduleContract, scheduleKind, scheduleWithin, type LearningRate } from './schedule.ts';

/** Options of {@link linearWarmUp}. */
export interface LinearWarmUpOptions {
  /** Steps until the rate is that which comes after. */
  warmUpSteps: number;
  /** First rate as a share of that which comes after, in [0, 1]. Default 0. */
  startFactor?: number;
  /** What comes after: a rate that stays, or a schedule, which begins with its step 0. Default 0.001. */
  next?: LearningRate;
}

/**
 * A learning rate that rises along a straight line to the first one of a schedule, which follows:
 *
 *   rate(step) = next(0) * (startFactor + (1 - startFactor) * step / warmUpSteps)   for step < warmUpSteps
 *   rate(step) = next(step - warmUpSteps)                                           from there on
 *
 * Source: Goyal et al. 2017, https://arxiv.org/abs/1706.02677; PyTorch's LinearLR with another behind it by SequentialLR
 *
 * @throws {OptionError} if an option is missing or out of range
 * @example
 * const learningRate = linearWarmUp({
 *   warmUpSteps: 500,
 *   next: cosineDecay({ initialLearningRate: 0.1, decaySteps: 5128 }),
 * });
 */
export const linearWarmUp: Kind<LinearWarmUpOptions, KindRecord> = scheduleKind({
  type: 'linearWarmUp',
  doc: 'Rises along a straight line to what comes after.',
  options: {
    warmUpSteps: option.count({ doc: 'Steps until then.', example: 500 }),
    startFactor: option.number({ doc: 'First rate as a share of that then.', default: 0, minimum: 0, maximum: 1 }),
    next: option.either({
      doc: 'What comes after: a rate or a schedule.',
      of: [
        option.number({ doc: 'A rate that stays.', example: 1e-3, minimum: 0 }),
        option.sibling(scheduleContract, { doc: 'A schedule.' }),
      ],
      isSecond: isRecord,
      default: 1e-3,
    }),
  },
  make({ warmUpSteps, startFactor, next }) {
    const after = scheduleWithin('linearWarmUp', 'next', next);
    return (step) => {
      if (step >= warmUpSteps) return after(step - warmUpSteps);
      return after(0) * (startFactor + ((1 - startFactor) * step) / warmUpSteps);
    };
  },
});
