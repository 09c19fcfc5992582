import { OptionError, rememberFactories, type Json } from '@striate/core';
import { initializerRecord } from './initial-values.ts';

/** An initialiser as data: a type and its options. */
export interface InitializerRecord {
  readonly type: string;
  readonly [option: string]: Json | undefined;
}

/** Options of {@link varianceScaling}. */
export interface VarianceScalingOptions {
  /** Default 1. */
  scale?: number;
  /** Which number of connections the variance is divided by. Default 'fanIn'. */
  mode?: 'fanIn' | 'fanOut' | 'fanAvg';
  /** Default 'truncatedNormal'. */
  distribution?: 'truncatedNormal' | 'untruncatedNormal' | 'uniform';
}

/** All zeros. */
export const zeros = (options: Record<string, never> = {}): InitializerRecord => initializerRecord('zeros', options);

/** All ones. */
export const ones = (options: Record<string, never> = {}): InitializerRecord => initializerRecord('ones', options);

/**
 * The same value everywhere. A small positive one as the bias keeps ReLUs from being dead at the start.
 *
 * @example
 * conv2d({ filters: 16, kernelSize: 3, activation: 'relu', biasInitializer: constant({ value: 0.1 }) });
 */
export const constant = (options: { value: number }): InitializerRecord => {
  const record = initializerRecord('constant', options);
  if (options.value === undefined)
    throw new OptionError('constant: the option value is missing. Write constant({ value: 0.1 }).');
  return record;
};

/** Gaussian; defaults: mean 0, standard deviation 0.05. */
export const randomNormal = (options: { mean?: number; standardDeviation?: number } = {}): InitializerRecord =>
  initializerRecord('randomNormal', options);

/** Gaussian, drawn again beyond two standard deviations; defaults: mean 0, standard deviation 0.05. */
export const truncatedNormal = (options: { mean?: number; standardDeviation?: number } = {}): InitializerRecord =>
  initializerRecord('truncatedNormal', options);

/** Uniform on [minimum, maximum); defaults: -0.05 and 0.05. */
export const randomUniform = (options: { minimum?: number; maximum?: number } = {}): InitializerRecord =>
  initializerRecord('randomUniform', options);

/**
 * Zero mean and variance `scale / fan`, the fan being the number of inputs ('fanIn') or outputs ('fanOut') of a
 * neuron, or their mean ('fanAvg'). The other initialisers with "fan" in their description are special cases.
 *
 * @example
 * conv2d({ filters: 16, kernelSize: 3, kernelInitializer: varianceScaling({ scale: 2, mode: 'fanOut' }) });
 */
export const varianceScaling = (options: VarianceScalingOptions = {}): InitializerRecord =>
  initializerRecord('varianceScaling', options);

/** Uniform, variance 1 / mean of fan in and fan out (Glorot, Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks"). */
export const glorotUniform = (options: Record<string, never> = {}): InitializerRecord =>
  initializerRecord('glorotUniform', options);

/** Truncated Gaussian, variance 1 / mean of fan in and fan out (Glorot, Bengio 2010). */
export const glorotNormal = (options: Record<string, never> = {}): InitializerRecord =>
  initializerRecord('glorotNormal', options);

/** Uniform, variance 2 / fan in, for ReLU (He et al. 2015, "Delving deep into rectifiers"). */
export const heUniform = (options: Record<string, never> = {}): InitializerRecord =>
  initializerRecord('heUniform', options);

/** Truncated Gaussian, variance 2 / fan in, for ReLU (He et al. 2015). */
export const heNormal = (options: Record<string, never> = {}): InitializerRecord =>
  initializerRecord('heNormal', options);

/** Uniform, variance 1 / fan in (LeCun et al. 1998, "Efficient backprop"). */
export const lecunUniform = (options: Record<string, never> = {}): InitializerRecord =>
  initializerRecord('lecunUniform', options);

/** Truncated Gaussian, variance 1 / fan in (LeCun et al. 1998). */
export const lecunNormal = (options: Record<string, never> = {}): InitializerRecord =>
  initializerRecord('lecunNormal', options);

/**
 * Kernels that hand their input on: `gain` in the middle of the window from each channel to the output of the same
 * number, 0 elsewhere. For dense layers, `gain` times the identity matrix (Keras' Identity, PyTorch's dirac_).
 *
 * @example
 * conv2d({ filters: 16, kernelSize: 3, padding: 'same', kernelInitializer: identity() }); // y = x
 */
export const identity = (options: { gain?: number } = {}): InitializerRecord => initializerRecord('identity', options);

/**
 * `gain` times an orthogonal matrix, each with the same chance; all axes of a kernel but the last are its rows. Where they
 * are not as many as the columns, the shorter of both are orthonormal (Saxe, McClelland, Ganguli 2013, "Exact solutions
 * to the nonlinear dynamics of learning in deep linear neural networks"). It takes time with the cube of the size: seconds
 * for 1024 x 1024, minutes for 4096 x 4096.
 *
 * @example
 * dense({ units: 64, activation: 'relu', kernelInitializer: orthogonal({ gain: Math.SQRT2 }) });
 */
export const orthogonal = (options: { gain?: number } = {}): InitializerRecord =>
  initializerRecord('orthogonal', options);

/**
 * What PyTorch's Conv2d and Linear start from: uniform between -1 / sqrt(fan in) and 1 / sqrt(fan in), which is
 * Kaiming uniform with a = sqrt(5). As a bias initialiser it takes the fan in of the layer's kernel.
 */
export const pytorchDefault = (options: Record<string, never> = {}): InitializerRecord =>
  initializerRecord('pytorchDefault', options);

rememberFactories({
  zeros,
  ones,
  constant,
  randomNormal,
  truncatedNormal,
  randomUniform,
  varianceScaling,
  glorotUniform,
  glorotNormal,
  heUniform,
  heNormal,
  lecunUniform,
  lecunNormal,
  identity,
  orthogonal,
  pytorchDefault,
});
