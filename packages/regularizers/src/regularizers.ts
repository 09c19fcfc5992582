import { rememberFactories } from '@striate/core';
import { penaltyFamily } from './penalty.ts';
import { makeRecord, type RegularizerRecord } from './records.ts';

/**
 * factor sum |x|. It drives weights to exactly 0.
 *
 * Source: Tibshirani 1996, "Regression shrinkage and selection via the lasso".
 *
 * @param factor at least 0. Default 0.01
 * @throws {OptionError} for an unknown option, or an impossible value
 * @example
 * dense({ units: 10, kernelRegularizer: l1(1e-5) });
 */
export const l1 = (factor: number = 0.01): RegularizerRecord => makeRecord(penaltyFamily, 'l1', { factor });

/**
 * factor sum x^2, without the 1/2 that some definitions have: its gradient is 2 factor x, so that with plain gradient
 * descent it does what `weightDecay: 2 * factor` does. With adaptive optimisers (Adam) the two differ.
 *
 * Source: Krogh, Hertz 1991, "A simple weight decay can improve generalization"; Loshchilov, Hutter 2019, "Decoupled
 * weight decay regularization", https://arxiv.org/abs/1711.05101
 *
 * @param factor at least 0. Default 0.01
 * @throws {OptionError} for an unknown option, or an impossible value
 * @example
 * conv2d({ filters: 32, kernelSize: 3, kernelRegularizer: l2(1e-4) });
 */
export const l2 = (factor: number = 0.01): RegularizerRecord => makeRecord(penaltyFamily, 'l2', { factor });

/**
 * l1 sum |x| + l2 sum x^2.
 *
 * Source: Zou, Hastie 2005, "Regularization and variable selection via the elastic net".
 *
 * @throws {OptionError} for an unknown option, or an impossible value
 * @example
 * dense({ units: 10, kernelRegularizer: l1l2({ l1: 1e-5, l2: 1e-4 }) });
 */
export const l1l2 = (weights: { l1?: number; l2?: number } = {}): RegularizerRecord =>
  makeRecord(penaltyFamily, 'l1l2', weights);

/** Options of {@link orthogonal}. */
export interface OrthogonalOptions {
  /** Default 0.01. */
  factor?: number;
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
export const orthogonal = (options: OrthogonalOptions = {}): RegularizerRecord =>
  makeRecord(penaltyFamily, 'orthogonal', options);

rememberFactories({ l1, l2, l1l2, orthogonal });
