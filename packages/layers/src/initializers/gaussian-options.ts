import { option, type Option } from '@striate/core';

/** Options of Gaussian initialisers. */
export interface GaussianOptions {
  /** Default 0. */
  mean?: number;
  /** At least 0. Default 0.05. */
  standardDeviation?: number;
}

/** {@link GaussianOptions}. */
export const gaussianOptions: {
  readonly mean: Option<number, 'filled'>;
  readonly standardDeviation: Option<number, 'filled'>;
} = {
  mean: option.number({ doc: 'Mean of the values.', default: 0 }),
  standardDeviation: option.number({ doc: 'Standard deviation of the values.', default: 0.05, minimum: 0 }),
};
