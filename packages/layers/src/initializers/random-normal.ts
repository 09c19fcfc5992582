import { randomNormal as draw, sizeOf, type Kind, type KindRecord } from '@striate/core';
import { initializerKind, keyOf } from '../initializer-kind.ts';
import { gaussianOptions, type GaussianOptions } from './gaussian-options.ts';

/**
 * Gaussian.
 *
 * @throws {OptionError} for an unknown option, or an impossible value
 * @example
 * dense({ units: 10, kernelInitializer: randomNormal({ standardDeviation: 0.01 }) });
 */
export const randomNormal: Kind<GaussianOptions, KindRecord> = initializerKind({
  type: 'randomNormal',
  doc: 'Gaussian.',
  options: gaussianOptions,
  make: (options) => (shape, random) => draw(keyOf(random), sizeOf(shape), options),
});
