import { option, type Option } from '@striate/core';

/** What penalties have in common. */
export interface FactorOption {
  /** How much the penalty counts, at least 0. Default 0.01. */
  factor?: number;
}

/** {@link FactorOption}. */
export const factor: Option<number, 'filled'> = option.number({
  doc: 'How much the penalty counts.',
  default: 0.01,
  minimum: 0,
});
