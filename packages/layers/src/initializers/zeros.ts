import { sizeOf, type Kind, type KindRecord } from '@striate/core';
import { initializerKind } from '../initializer-kind.ts';

/** All zeros. */
export const zeros: Kind<Record<never, never>, KindRecord> = initializerKind({
  type: 'zeros',
  doc: 'All zeros.',
  options: {},
  make: () => (shape) => new Float32Array(sizeOf(shape)),
});
