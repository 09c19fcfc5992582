import { option, type Option } from '@striate/core';

/** The option of schedules that fall from a rate. */
export const firstRate: Option<number, 'filled'> = option.number({ doc: 'Rate at step 0.', default: 1e-3, minimum: 0 });
