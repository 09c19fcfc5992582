import type { Kind, KindRecord } from '@striate/core';
import { initializerKind } from '../initializer-kind.ts';
import { scaled } from './variance-scaling.ts';

/** Uniform, variance 1 / fan in (LeCun et al. 1998, "Efficient backprop"). */
export const lecunUniform: Kind<Record<never, never>, KindRecord> = initializerKind({
  type: 'lecunUniform',
  doc: 'Uniform, variance 1 / fan in.',
  options: {},
  make: () => scaled({ distribution: 'uniform' }),
});

/** Truncated Gaussian, variance 1 / fan in (LeCun et al. 1998, "Efficient backprop"). */
export const lecunNormal: Kind<Record<never, never>, KindRecord> = initializerKind({
  type: 'lecunNormal',
  doc: 'Truncated Gaussian, variance 1 / fan in.',
  options: {},
  make: () => scaled({}),
});
