import { sizeOf, type Kind, type KindRecord } from '@striate/core';
import { initializerKind } from '../initializer-kind.ts';

/** All ones. */
export const ones: Kind<Record<never, never>, KindRecord> = initializerKind({
  type: 'ones',
  doc: 'All ones.',
  options: {},
  make: () => (shape) => new Float32Array(sizeOf(shape)).fill(1),
});
