import { fill, checkFlag, checkRange, type ParameterSpec, type Tensor, type Values } from '@striate/core';
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

/** Keras' defaults. */
export const scaleAndCenterDefaults: { readonly epsilon: 1e-3; readonly center: true; readonly scale: true } = {
  epsilon: 1e-3,
  center: true,
  scale: true,
};

type Checked = Required<Omit<ScaleAndCenterOptions, keyof LayerOptions>>;

/** @throws {OptionError} for an impossible epsilon, or what is neither true nor false. */
export function checkScaleAndCenter(where: string, { epsilon, center, scale }: Checked): void {
  checkRange(where, 'epsilon', epsilon, 0, Infinity);
  checkFlag(where, 'center', center);
  checkFlag(where, 'scale', scale);
}

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
