import { OptionError, option, sizeOf, type Kind, type KindRecord } from '@striate/core';
import { initializerKind } from '../initializer-kind.ts';

/** Options of {@link constant}. */
export interface ConstantOptions {
  value: number;
}

/**
 * The same value everywhere. A small positive one as the bias keeps ReLUs from being dead at the start.
 *
 * @throws {OptionError} for a missing or an impossible value
 * @example
 * conv2d({ filters: 16, kernelSize: 3, activation: 'relu', biasInitializer: constant({ value: 0.1 }) });
 */
export const constant: Kind<Partial<ConstantOptions>, KindRecord, [options: ConstantOptions]> = initializerKind({
  type: 'constant',
  doc: 'The same value everywhere.',
  // Records without a value have always been zeros.
  options: { value: option.number({ doc: 'The value.', default: 0 }) },
  call: 'constant({ value: 0.1 })',
  shorthand(options: ConstantOptions) {
    const { value }: Partial<ConstantOptions> = options ?? {};
    if (value !== undefined || options === null) return options;
    throw new OptionError('constant: the option value is missing. Write constant({ value: 0.1 }).');
  },
  make:
    ({ value }) =>
    (shape) =>
      new Float32Array(sizeOf(shape)).fill(value),
});
