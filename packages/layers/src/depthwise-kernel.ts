import { ops, type Constraint, type Initializer, type OptionsOf, type Regularizer, type Tensor } from '@striate/core';
import {
  constraintOption,
  penaltyOption,
  regularizationOptions,
  type KernelAndBiasOptions,
  type RegularizationOptions,
} from './kernel-and-bias.ts';

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

/** {@link DepthwiseKernelOptions} without its first values. */
export const depthwiseOptional: OptionsOf<Omit<DepthwiseKernelOptions, 'depthwiseInitializer'>, 'open'> = {
  depthwiseRegularizer: penaltyOption('Penalty on the depthwise kernel, added to the loss in training.'),
  depthwiseConstraint: constraintOption('What the depthwise kernel is made to fulfil after each update.'),
  biasRegularizer: regularizationOptions.biasRegularizer,
  biasConstraint: regularizationOptions.biasConstraint,
  activityRegularizer: regularizationOptions.activityRegularizer,
};

/** {@link PointwiseKernelOptions} without its first values. */
export const pointwiseOptional: OptionsOf<Omit<PointwiseKernelOptions, 'pointwiseInitializer'>, 'open'> = {
  pointwiseRegularizer: penaltyOption('Penalty on the pointwise kernel, added to the loss in training.'),
  pointwiseConstraint: constraintOption('What the pointwise kernel is made to fulfil after each update.'),
};

type Settings = DepthwiseKernelOptions &
  PointwiseKernelOptions &
  Pick<KernelAndBiasOptions, 'biasInitializer' | 'useBias'>;

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
