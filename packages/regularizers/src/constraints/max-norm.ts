import { option, type Kind, type KindRecord } from '@striate/core';
import { constraintKind } from '../constraint-kind.ts';
import { axis, normLimit, type NormOptions } from '../norm-axis.ts';

/** Options of {@link maxNorm}. */
export interface MaxNormOptions extends NormOptions {
  /** Default 2. */
  maximum?: number;
}

/**
 * Shrinks vectors whose Euclidean norm is larger than `maximum` to that norm.
 *
 * Source: Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html, where it goes with dropout
 *
 * @throws {OptionError} for an unknown option, or an impossible value
 * @example
 * conv2d({ filters: 32, kernelSize: 3, kernelConstraint: maxNorm({ maximum: 3, axis: [0, 1, 2] }) });
 */
export const maxNorm: Kind<MaxNormOptions, KindRecord> = constraintKind({
  type: 'maxNorm',
  doc: 'Shrinks vectors of a larger Euclidean norm to the maximum.',
  options: { maximum: option.number({ doc: 'The largest norm.', default: 2, minimum: 0 }), axis },
  make: ({ maximum, axis }) => normLimit(axis, { minimum: 0, maximum, rate: 1 }),
});
