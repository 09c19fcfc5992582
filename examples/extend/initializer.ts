// An initialiser of your own: first values from a shape, and from a seed and the parameter's path where they are random.
import { option, type Kind, type KindRecord } from '@striate/core';
import { defineInitializer } from '@striate/layers';

/** Options of {@link checkered}. */
export interface CheckeredOptions {
  /** How far from 0. */
  size?: number;
}

/** Plus and minus in turns. */
export const checkered: Kind<CheckeredOptions, KindRecord> = defineInitializer({
  type: 'me/checkered',
  doc: 'Plus and minus in turns.',
  options: { size: option.number({ doc: 'How far from 0.', default: 0.1 }) },
  make:
    ({ size }) =>
    (shape) =>
      Float32Array.from({ length: shape.reduce((all, side) => all * side, 1) }, (_, place) =>
        place % 2 === 0 ? size : -size,
      ),
});
