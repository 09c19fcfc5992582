import { OptionError, checkRange, describe, functionOf, isKind, isRecord, option, type Option } from '@striate/core';
import { cosineDecay } from './cosine-decay.ts';
import type { LearningRate, Schedule } from './schedule.ts';
import { schedules } from './schedules.ts';

/**
 * The option `learningRate` of an optimiser, of which each has one.
 *
 * @param usual the rate where it is left out
 * @throws {OptionError} unless that is a number of at least 0
 * @example
 * const options = { learningRate: learningRate(1e-4), beta: option.number({ doc: '...', default: 0.9 }) };
 */
export function learningRate(usual: number): Option<LearningRate, 'filled'> {
  checkRange('learningRate', 'usual', usual, 0, Infinity);
  const either = option.either({
    doc: 'How far a step goes: a number, or a schedule.',
    of: [
      option.number({ doc: 'The same in all steps.', default: usual, minimum: 0 }),
      option.nested(schedules, {
        doc: 'One for each step.',
        example: cosineDecay({ decaySteps: 5628 }),
      }),
    ],
    isSecond: (value) => isRecord(value) || typeof value === 'function',
    default: usual,
  });
  return {
    ...either,
    check(where, name, value) {
      if (typeof value === 'number' || isRecord(value) || isKind(value)) return either.check(where, name, value);
      throw new OptionError(
        `${where}: ${name} is ${describe(value)}, but must be a number or a schedule. ` +
          `Write ${name}: ${usual}, or ${name}: ${cosineDecay.call}.`,
      );
    },
  };
}

/**
 * The learning rate of each step.
 *
 * @throws {OptionError} unless it is a number of at least 0, or the record of a schedule without a flaw
 */
export function rateOfStep(where: string, rate: LearningRate): Schedule {
  if (isRecord(rate)) return functionOf(schedules, where, 'learningRate', rate);
  return () => rate;
}
