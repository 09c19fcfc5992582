import { ops, type Kind, type KindRecord } from '@striate/core';
import { factor, type FactorOption } from '../factor.ts';
import { penaltyKind } from '../penalty-kind.ts';

/**
 * factor sum x^2, without the 1/2 that some definitions have: its gradient is 2 factor x, so that with plain gradient
 * descent it does what `weightDecay: 2 * factor` does. With adaptive optimisers (Adam) the two differ.
 *
 * Source: Krogh, Hertz 1991, "A simple weight decay can improve generalization"; Loshchilov, Hutter 2019, "Decoupled
 * weight decay regularization", https://arxiv.org/abs/1711.05101
 *
 * @param factor at least 0. Default 0.01
 * @throws {OptionError} for an impossible factor
 * @example
 * conv2d({ filters: 32, kernelSize: 3, kernelRegularizer: l2(1e-4) });
 */
export const l2: Kind<FactorOption, KindRecord, [factor?: number]> = penaltyKind({
  type: 'l2',
  doc: 'factor times the sum of squares, without 1/2.',
  options: { factor },
  shorthand: (factor?: number) => ({ factor }),
  make:
    ({ factor }) =>
    (x) =>
      ops.penalty(x, { l1: 0, l2: factor }),
});
