import { rememberFactories } from '@striate/core';
import { constraintFamily } from './constrain.ts';
import { makeRecord, type ConstraintRecord } from './records.ts';

/**
 * Over which axes norms are taken. As in Keras: 0, the default, for kernels of dense layers [inputs, units], which gives
 * one norm for each unit; [0, 1, 2] for kernels of convolutions [kh, kw, C, filters], one norm for each filter.
 */
export interface NormOptions {
  axis?: number | readonly number[];
}

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
export const maxNorm = (options: MaxNormOptions = {}): ConstraintRecord =>
  makeRecord(constraintFamily, 'maxNorm', options);

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
export const minMaxNorm = (options: MinMaxNormOptions = {}): ConstraintRecord =>
  makeRecord(constraintFamily, 'minMaxNorm', options);

/**
 * Scales vectors to the Euclidean norm 1.
 *
 * @throws {OptionError} for an unknown option, or an impossible value
 * @example
 * dense({ units: 10, kernelConstraint: unitNorm() });
 */
export const unitNorm = (options: NormOptions = {}): ConstraintRecord =>
  makeRecord(constraintFamily, 'unitNorm', options);

/**
 * Replaces negative values by 0.
 *
 * @example
 * dense({ units: 10, kernelConstraint: nonNegative() });
 */
export const nonNegative = (options: Record<string, never> = {}): ConstraintRecord =>
  makeRecord(constraintFamily, 'nonNegative', options);

rememberFactories({ maxNorm, minMaxNorm, unitNorm, nonNegative });
