import type { Family, KindRecord } from '@striate/core';
import { cosineDecay } from './cosine-decay.ts';
import { exponentialDecay } from './exponential-decay.ts';
import { linearWarmUp } from './linear-warm-up.ts';
import { piecewiseConstantDecay } from './piecewise-constant-decay.ts';
import { polynomialDecay } from './polynomial-decay.ts';
import { scheduleContract, type Schedule } from './schedule.ts';

/** The schedules that come with us. */
export const schedules: Family<Schedule, KindRecord> = {
  ...scheduleContract,
  kinds: [cosineDecay, exponentialDecay, piecewiseConstantDecay, polynomialDecay, linearWarmUp],
};
