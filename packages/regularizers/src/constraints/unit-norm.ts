import type { Kind, KindRecord } from '@striate/core';
import { constraintKind } from '../constraint-kind.ts';
import { axis, normLimit, type NormOptions } from '../norm-axis.ts';

/**
 * Scales vectors to the Euclidean norm 1.
 *
 * @throws {OptionError} for an unknown option, or an impossible value
 * @example
 * dense({ units: 10, kernelConstraint: unitNorm() });
 */
export const unitNorm: Kind<NormOptions, KindRecord> = constraintKind({
  type: 'unitNorm',
  doc: 'Scales vectors to the Euclidean norm 1.',
  options: { axis },
  make: ({ axis }) => normLimit(axis, { minimum: 1, maximum: 1, rate: 1 }),
});
