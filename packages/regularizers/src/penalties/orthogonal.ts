import { ops, option, type Kind, type KindRecord } from '@striate/core';
import { factor, type FactorOption } from '../factor.ts';
import { penaltyKind } from '../penalty-kind.ts';

/** Options of {@link orthogonal}. */
export interface OrthogonalOptions extends FactorOption {
  /** 'columns': the weights of each filter or unit (the last axis); 'rows', the default as in Keras: those of each input. */
  mode?: 'rows' | 'columns';
}

/**
 * factor times the mean of |cos angle| over all pairs of rows (or columns): 0 when all are orthogonal. Kernels of
 * convolutions are taken as matrices with one column for each filter.
 *
 * Source: Keras' OrthogonalRegularizer; Brock et al. 2017, https://arxiv.org/abs/1609.07093
 *
 * @throws {OptionError} for an unknown option, or an impossible value
 * @example
 * conv2d({ filters: 32, kernelSize: 3, kernelRegularizer: orthogonal({ factor: 0.01, mode: 'columns' }) });
 */
export const orthogonal: Kind<OrthogonalOptions, KindRecord> = penaltyKind({
  type: 'orthogonal',
  doc: 'factor times the mean of |cos angle| over all pairs of rows or columns.',
  options: {
    factor,
    mode: option.choice({
      doc: 'What is to be orthogonal: the weights of each input, or of each filter or unit.',
      names: ['rows', 'columns'],
      default: 'rows',
    }),
  },
  make: (settings) => (x) => ops.orthogonalPenalty(x, settings),
});
