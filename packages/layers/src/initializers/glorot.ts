import type { Kind, KindRecord } from '@striate/core';
import { initializerKind } from '../initializer-kind.ts';
import { scaled } from './variance-scaling.ts';

/** Uniform, variance 1 / mean of fan in and fan out (Glorot, Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks"). */
export const glorotUniform: Kind<Record<never, never>, KindRecord> = initializerKind({
  type: 'glorotUniform',
  doc: 'Uniform, variance 1 / mean of fan in and fan out.',
  options: {},
  make: () => scaled({ mode: 'fanAvg', distribution: 'uniform' }),
});

/** Truncated Gaussian, variance 1 / mean of fan in and fan out (Glorot, Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks"). */
export const glorotNormal: Kind<Record<never, never>, KindRecord> = initializerKind({
  type: 'glorotNormal',
  doc: 'Truncated Gaussian, variance 1 / mean of fan in and fan out.',
  options: {},
  make: () => scaled({ mode: 'fanAvg' }),
});
