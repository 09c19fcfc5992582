import { ops, type Kind, type KindRecord } from '@striate/core';
import { factor, type FactorOption } from '../factor.ts';
import { penaltyKind } from '../penalty-kind.ts';

/**
 * factor sum |x|. It drives weights to exactly 0.
 *
 * Source: Tibshirani 1996, "Regression shrinkage and selection via the lasso".
 *
 * @param factor at least 0. Default 0.01
 * @throws {OptionError} for an impossible factor
 * @example
 * dense({ units: 10, kernelRegularizer: l1(1e-5) });
 */
export const l1: Kind<FactorOption, KindRecord, [factor?: number]> = penaltyKind({
  type: 'l1',
  doc: 'factor times the sum of magnitudes: drives weights to exactly 0.',
  options: { factor },
  shorthand: (factor?: number) => ({ factor }),
  make:
    ({ factor }) =>
    (x) =>
      ops.penalty(x, { l1: factor, l2: 0 }),
});
