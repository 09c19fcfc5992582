import { sizeOf, truncatedNormal as draw, type Kind, type KindRecord } from '@striate/core';
import { initializerKind, keyOf } from '../initializer-kind.ts';
import { gaussianOptions, type GaussianOptions } from './gaussian-options.ts';

/**
 * Gaussian, drawn again beyond two standard deviations.
 *
 * @throws {OptionError} for an unknown option, or an impossible value
 * @example
 * dense({ units: 10, kernelInitializer: truncatedNormal({ standardDeviation: 0.01 }) });
 */
export const truncatedNormal: Kind<GaussianOptions, KindRecord> = initializerKind({
  type: 'truncatedNormal',
  doc: 'Gaussian, drawn again beyond two standard deviations.',
  options: gaussianOptions,
  make: (options) => (shape, random) => draw(keyOf(random), sizeOf(shape), options),
});
