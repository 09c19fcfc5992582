import { option, type Kind, type KindRecord } from '@striate/core';
import { constraintKind } from '../constraint-kind.ts';
import { axis, normLimit, type NormOptions } from '../norm-axis.ts';

/** Options of {@link minMaxNorm}. */
export interface MinMaxNormOptions extends NormOptions {
  /** Default 0. */
  minimum?: number;
  /** Default 1. */
  maximum?: number;
  /** How far a norm outside moves towards the range with each update: 1, the default, all the way. */
  rate?: number;
}

/**
 * Brings Euclidean norms into a range.
 *
 * Source: Keras' MinMaxNorm
 *
 * @throws {OptionError} for an unknown option, or an impossible value
 * @example
 * dense({ units: 10, kernelConstraint: minMaxNorm({ minimum: 0.5, maximum: 2 }) });
 */
export const minMaxNorm: Kind<MinMaxNormOptions, KindRecord> = constraintKind({
  type: 'minMaxNorm',
  doc: 'Brings Euclidean norms into a range.',
  options: {
    minimum: option.number({ doc: 'The smallest norm.', default: 0, minimum: 0 }),
    maximum: option.number({ doc: 'The largest norm.', default: 1, minimum: 0 }),
    rate: option.number({
      doc: 'How far a norm outside moves towards the range with each update: 1, all the way.',
      default: 1,
      minimum: 0,
      maximum: 1,
    }),
    axis,
  },
  refuse: ({ minimum, maximum }) =>
    minimum <= maximum ? undefined : `minimum is ${minimum}, but must not exceed maximum, which is ${maximum}`,
  make: ({ axis, ...limits }) => normLimit(axis, limits),
});
