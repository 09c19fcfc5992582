import { checkFlag, ops, type Constraint, type Initializer, type Regularizer, type Tensor } from '@striate/core';
import { checkConstraint, checkRegularizer } from '@striate/regularizers';
import { checkInitializer } from './initial-values.ts';
import type { KernelAndBiasOptions, RegularizationOptions } from './kernel-and-bias.ts';

/** Options of a layer's depthwise kernel, and of the biases. */
export interface DepthwiseKernelOptions extends Omit<RegularizationOptions, 'kernelRegularizer' | 'kernelConstraint'> {
  /** Default glorotUniform. */
  depthwiseInitializer?: Initializer;
  /** Penalty on the depthwise kernel, added to the loss in training. Default: none. */
  depthwiseRegularizer?: Regularizer;
  /** What the depthwise kernel is made to fulfil after each update. Default: none. */
  depthwiseConstraint?: Constraint;
}

/** Options of a layer's pointwise kernel. */
export interface PointwiseKernelOptions {
  /** Default glorotUniform. */
  pointwiseInitializer?: Initializer;
  /** Penalty on the pointwise kernel, added to the loss in training. Default: none. */
  pointwiseRegularizer?: Regularizer;
  /** What the pointwise kernel is made to fulfil after each update. Default: none. */
  pointwiseConstraint?: Constraint;
}

/** The names of {@link DepthwiseKernelOptions} that have no defaults. */
export const depthwiseOptional: readonly Exclude<keyof DepthwiseKernelOptions, 'depthwiseInitializer'>[] = [
  'depthwiseRegularizer',
  'depthwiseConstraint',
  'biasRegularizer',
  'biasConstraint',
  'activityRegularizer',
];

/** The names of {@link PointwiseKernelOptions} that have no defaults. */
export const pointwiseOptional: readonly Exclude<keyof PointwiseKernelOptions, 'pointwiseInitializer'>[] = [
  'pointwiseRegularizer',
  'pointwiseConstraint',
];

type Prefix = 'depthwise' | 'pointwise' | 'bias';
type Settings = DepthwiseKernelOptions &
  PointwiseKernelOptions &
  Pick<KernelAndBiasOptions, 'biasInitializer' | 'useBias'>;

/** @throws {OptionError} for an impossible initialiser, penalty or constraint of the kernels named and the biases. */
export function checkKernels(where: string, prefixes: readonly Prefix[], settings: Settings): void {
  checkFlag(where, 'useBias', settings.useBias);
  for (const prefix of [...prefixes, 'bias'] as const) {
    const regularizer = settings[`${prefix}Regularizer`];
    const constraint = settings[`${prefix}Constraint`];
    checkInitializer(where, `${prefix}Initializer`, settings[`${prefix}Initializer`]!);
    if (regularizer !== undefined) checkRegularizer(where, `${prefix}Regularizer`, regularizer);
    if (constraint !== undefined) checkConstraint(where, `${prefix}Constraint`, constraint);
  }
  const { activityRegularizer } = settings;
  if (activityRegularizer !== undefined) checkRegularizer(where, 'activityRegularizer', activityRegularizer);
}

/** The options of one kernel under the names that `kernelAndBias` knows. */
export function kernelOptions(prefix: 'depthwise' | 'pointwise', settings: Settings): KernelAndBiasOptions {
  const regularizer = settings[`${prefix}Regularizer`];
  const constraint = settings[`${prefix}Constraint`];
  return {
    ...settings,
    kernelInitializer: settings[`${prefix}Initializer`]!,
    ...(regularizer !== undefined && { kernelRegularizer: regularizer }),
    ...(constraint !== undefined && { kernelConstraint: constraint }),
  };
}

/** A depthwise kernel [kh, kw, C, m] as that of a convolution in C groups, [kh, kw, 1, C m]. */
export function channelFilters(kernel: Tensor): Tensor {
  const [height, width, channels, multiplier] = kernel.shape as [number, number, number, number];
  return ops.reshape(kernel, [height, width, 1, channels * multiplier]);
}
