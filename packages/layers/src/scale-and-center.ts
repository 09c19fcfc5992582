import { fill, option, type OptionsOf, type ParameterSpec, type Tensor, type Values } from '@striate/core';
import type { LayerOptions } from './layer-function.ts';

/** What normalisation layers have in common. */
export interface ScaleAndCenterOptions extends LayerOptions {
  /** Added to the variance. Default 1e-3. */
  epsilon?: number;
  /** Learn an offset beta. Default true. */
  center?: boolean;
  /** Learn a factor gamma. Default true. */
  scale?: boolean;
}

type Checked = Required<Omit<ScaleAndCenterOptions, keyof LayerOptions>>;

/** {@link ScaleAndCenterOptions}, with Keras' defaults. */
export const scaleAndCenterOptions: OptionsOf<Checked, 'filled'> = {
  epsilon: option.number({ doc: 'Added to the variance.', default: 1e-3, minimum: 0 }),
  center: option.flag({ doc: 'Learn an offset beta.', default: true }),
  scale: option.flag({ doc: 'Learn a factor gamma.', default: true }),
};

/** gamma, which begins with ones, and beta, which begins with zeros, as far as they are wanted. */
export function scaleAndCenter(
  shape: readonly number[],
  { center, scale }: Pick<Checked, 'center' | 'scale'>,
): Record<string, ParameterSpec> {
  return {
    ...(scale && { gamma: { shape, initializer: { type: 'ones' }, kind: 'scale' as const } }),
    ...(center && { beta: { shape, initializer: { type: 'zeros' }, kind: 'bias' as const } }),
  };
}

/** gamma and beta, with constants for those that are not learned. */
export function scaleAndCenterValues(
  shape: readonly number[],
  { gamma, beta }: Values,
): Record<'gamma' | 'beta', Tensor> {
  return { gamma: gamma ?? fill([...shape], 1), beta: beta ?? fill([...shape], 0) };
}
