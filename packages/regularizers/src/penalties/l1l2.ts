import { ops, option, type Kind, type KindRecord } from '@striate/core';
import { penaltyKind } from '../penalty-kind.ts';

/** Options of {@link l1l2}. */
export interface L1l2Options {
  /** Factor of the sum of magnitudes, at least 0. Default 0. */
  l1?: number;
  /** Factor of the sum of squares, at least 0. Default 0. */
  l2?: number;
}

/**
 * l1 sum |x| + l2 sum x^2.
 *
 * Source: Zou, Hastie 2005, "Regularization and variable selection via the elastic net".
 *
 * @throws {OptionError} for an unknown option, or an impossible value
 * @example
 * dense({ units: 10, kernelRegularizer: l1l2({ l1: 1e-5, l2: 1e-4 }) });
 */
export const l1l2: Kind<L1l2Options, KindRecord> = penaltyKind({
  type: 'l1l2',
  doc: 'l1 times the sum of magnitudes plus l2 times the sum of squares.',
  options: {
    l1: option.number({ doc: 'Factor of the sum of magnitudes.', default: 0, minimum: 0 }),
    l2: option.number({ doc: 'Factor of the sum of squares.', default: 0, minimum: 0 }),
  },
  make: (factors) => (x) => ops.penalty(x, factors),
});
