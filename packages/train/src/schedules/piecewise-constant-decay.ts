import { option, type Kind, type KindRecord } from '@striate/core';
import { scheduleKind } from './schedule.ts';

/** Options of {@link piecewiseConstantDecay}. */
export interface PiecewiseConstantDecayOptions {
  /** The first step of each rate but the first one, rising. */
  boundaries: readonly number[];
  /** The rates, one more than there are boundaries. */
  values: readonly number[];
}

/**
 * A learning rate that stays, and is another one from given steps on:
 *
 *   rate(step) = values[number of boundaries that are at most step]
 *
 * Keras' PiecewiseConstantDecay changes one step later (its boundaries belong to the rate before).
 *
 * Source: PyTorch's MultiStepLR, with the rates themselves instead of a factor
 *
 * @throws {OptionError} if an option is missing, or they do not fit each other
 * @example
 * const learningRate = piecewiseConstantDecay({ boundaries: [32_000, 48_000], values: [0.1, 0.01, 0.001] });
 */
export const piecewiseConstantDecay: Kind<PiecewiseConstantDecayOptions, KindRecord> = scheduleKind({
  type: 'piecewiseConstantDecay',
  doc: 'Stays, and is another one from given steps on.',
  options: {
    boundaries: option.list({
      doc: 'First step of each rate but the first one.',
      of: option.count({ doc: 'A step.', example: 32_000 }),
      example: [32_000, 48_000],
    }),
    values: option.list({
      doc: 'The rates, one more than boundaries.',
      of: option.number({ doc: 'A rate.', example: 0.1, minimum: 0 }),
      example: [0.1, 0.01, 0.001],
    }),
  },
  refuse: ({ boundaries, values }) => {
    if (values.length !== boundaries.length + 1)
      return `there are ${values.length} values for ${boundaries.length} boundaries, but must be one more: ${boundaries.length + 1}`;
    const fall = boundaries.findIndex((step, place) => place > 0 && step <= boundaries[place - 1]!);
    return fall < 0 ? undefined : `boundaries[${fall}] is ${boundaries[fall]}, but must be above the one before`;
  },
  make:
    ({ boundaries, values }) =>
    (step) =>
      values[boundaries.filter((boundary) => boundary <= step).length]!,
});
