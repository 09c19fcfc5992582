import { option, randomUniform as draw, sizeOf, type Kind, type KindRecord } from '@striate/core';
import { initializerKind, keyOf } from '../initializer-kind.ts';

/** Options of {@link randomUniform}. */
export interface RandomUniformOptions {
  /** Default -0.05. */
  minimum?: number;
  /** At least `minimum`. Default 0.05. */
  maximum?: number;
}

/**
 * Uniform on [minimum, maximum).
 *
 * @throws {OptionError} for an unknown option, or an impossible value
 * @example
 * dense({ units: 10, kernelInitializer: randomUniform({ minimum: -0.1, maximum: 0.1 }) });
 */
export const randomUniform: Kind<RandomUniformOptions, KindRecord> = initializerKind({
  type: 'randomUniform',
  doc: 'Uniform on [minimum, maximum).',
  options: {
    minimum: option.number({ doc: 'The least value.', default: -0.05 }),
    maximum: option.number({ doc: 'What all values are below.', default: 0.05 }),
  },
  refuse: ({ minimum, maximum }) =>
    minimum <= maximum ? undefined : `minimum is ${minimum}, but must not exceed maximum, which is ${maximum}`,
  make: (options) => (shape, random) => draw(keyOf(random), sizeOf(shape), options),
});
