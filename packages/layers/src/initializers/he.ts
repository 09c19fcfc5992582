import type { Kind, KindRecord } from '@striate/core';
import { initializerKind } from '../initializer-kind.ts';
import { scaled } from './variance-scaling.ts';

/** Uniform, variance 2 / fan in, for ReLU (He et al. 2015, "Delving deep into rectifiers"). */
export const heUniform: Kind<Record<never, never>, KindRecord> = initializerKind({
  type: 'heUniform',
  doc: 'Uniform, variance 2 / fan in, for ReLU.',
  options: {},
  make: () => scaled({ scale: 2, distribution: 'uniform' }),
});

/** Truncated Gaussian, variance 2 / fan in, for ReLU (He et al. 2015, "Delving deep into rectifiers"). */
export const heNormal: Kind<Record<never, never>, KindRecord> = initializerKind({
  type: 'heNormal',
  doc: 'Truncated Gaussian, variance 2 / fan in, for ReLU.',
  options: {},
  make: () => scaled({ scale: 2 }),
});
