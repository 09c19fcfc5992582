import { option, type Option } from '@striate/core';

/** What initialisers of matrices have in common. */
export interface GainOption {
  /** Factor of all values. Default 1. */
  gain?: number;
}

/** {@link GainOption}. */
export const gain: Option<number, 'filled'> = option.number({ doc: 'Factor of all values.', default: 1 });
