import { ops, type Kind, type KindRecord } from '@striate/core';
import { constraintKind } from '../constraint-kind.ts';

/**
 * Replaces negative values by 0.
 *
 * @throws {OptionError} for any option: there are none
 * @example
 * dense({ units: 10, kernelConstraint: nonNegative() });
 */
export const nonNegative: Kind<Record<never, never>, KindRecord> = constraintKind({
  type: 'nonNegative',
  doc: 'Replaces negative values by 0.',
  options: {},
  make: () => (x) => ops.activation(x, 'relu'),
});
