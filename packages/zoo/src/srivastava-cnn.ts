import { OptionError, checkChoice, checkCounts, checkOptions, describe, type Constraint } from '@striate/core';
import {
  activation,
  conv2d,
  dense,
  dropout,
  flatten,
  input,
  maxPool2d,
  maxout,
  sequential,
  stochasticPool2d,
  type LayerFunction,
  type Model,
} from '@striate/layers';
import { checkCommon } from './check-common.ts';
import { numbered } from './numbered.ts';

/** What the rows of {@link srivastavaTable} differ in. */
export type SrivastavaVariant = 'maxPooling' | 'stochasticPooling' | 'dropoutInDense' | 'dropoutEverywhere' | 'maxout';

/** One row of the table of errors. */
export interface SrivastavaRow {
  method: string;
  /** Which model of {@link srivastavaCnn} it is; left out where the paper's net is another one. */
  variant?: SrivastavaVariant;
  /** Test errors in percent as the paper quotes them, not measured here. */
  cifar10: number;
  cifar100?: number;
}

/**
 * Error rates on CIFAR-10 and CIFAR-100 in percent.
 *
 * Source: Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting", table 4.
 */
export const srivastavaTable: readonly SrivastavaRow[] = [
  { method: 'Conv Net + max pooling (hand tuned)', variant: 'maxPooling', cifar10: 15.6, cifar100: 43.48 },
  {
    method: 'Conv Net + stochastic pooling (Zeiler and Fergus, 2013)',
    variant: 'stochasticPooling',
    cifar10: 15.13,
    cifar100: 42.51,
  },
  { method: 'Conv Net + max pooling (Snoek et al., 2012)', cifar10: 14.98 },
  {
    method: 'Conv Net + max pooling + dropout fully connected layers',
    variant: 'dropoutInDense',
    cifar10: 14.32,
    cifar100: 41.26,
  },
  {
    method: 'Conv Net + max pooling + dropout in all layers',
    variant: 'dropoutEverywhere',
    cifar10: 12.61,
    cifar100: 37.2,
  },
  { method: 'Conv Net + maxout (Goodfellow et al., 2013)', variant: 'maxout', cifar10: 11.68, cifar100: 38.57 },
];

/** Options of {@link srivastavaCnn}. */
export interface SrivastavaCnnOptions {
  /** Default 'dropoutEverywhere'. */
  variant?: SrivastavaVariant;
  /** [H, W, C]. Default [32, 32, 3]. */
  inputShape?: readonly [number, number, number];
  /** Default 10. */
  classes?: number;
  /** Of the three convolutions. Default [96, 128, 256]. */
  filters?: readonly [number, number, number];
  /** Of the two hidden dense layers. Default 2048. */
  units?: number;
}

/** Shares that are dropped: of the input, of the convolutions' outputs, of the hidden layers'. */
const rates: Readonly<Record<SrivastavaVariant, readonly number[]>> = {
  maxPooling: [0, 0, 0, 0, 0, 0],
  stochasticPooling: [0, 0, 0, 0, 0, 0],
  dropoutInDense: [0, 0, 0, 0, 0.5, 0.5],
  dropoutEverywhere: [0.1, 0.25, 0.25, 0.5, 0.5, 0.5],
  maxout: [0.1, 0.25, 0.25, 0.5, 0.5, 0.5],
};

/** Linear functions that compete for each output of a maxout. */
const pieces = 2;

/**
 * The convolutional network of the dropout paper: three 5x5 convolutions of 96, 128 and 256 filters, each with 3x3
 * pooling of stride 2, then two hidden layers of 2048. All weights of a neuron have at most the norm 4. It ends in
 * logits. Variants differ in what is dropped (input 0.1, convolutions 0.25, 0.25 and 0.5, hidden layers 0.5), in the
 * pooling, and in the activation: relu, or the larger of two linear functions for 'maxout', whose own paper has another
 * net. 13,741,578 parameters for CIFAR-10, without maxout.
 *
 * Source: Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html, appendix B
 *
 * @throws {OptionError} for an unknown variant, with the nearest name
 * @example
 * const network = initialize(srivastavaCnn({ variant: 'dropoutInDense' }), { seed: 1 });
 */
export function srivastavaCnn(options: SrivastavaCnnOptions = {}): Model {
  checkOptions('srivastavaCnn', options, {
    variant: true,
    inputShape: true,
    classes: true,
    filters: true,
    units: true,
  });
  const { variant = 'dropoutEverywhere', inputShape = [32, 32, 3], classes = 10 } = options;
  const { filters = [96, 128, 256], units = 2048 } = options;
  checkChoice('srivastavaCnn', 'variant', variant, Object.keys(rates));
  checkCommon('srivastavaCnn', { inputShape, classes });
  checkCounts('srivastavaCnn', { units });
  if (!Array.isArray(filters) || filters.length !== 3)
    throw new OptionError(
      `srivastavaCnn: filters is ${describe(filters)}, but must be three numbers, such as [96, 128, 256].`,
    );
  for (const count of filters) checkCounts('srivastavaCnn', { 'a number of filters': count });
  const width = variant === 'maxout' ? pieces : 1;
  const chain: LayerFunction[] = [];
  const firstDrop = rates[variant].findIndex((rate) => rate > 0);
  const drop = (place: number): void => {
    const rate = rates[variant][place]!;
    if (rate > 0) chain.push(dropout({ name: numbered('dropout', place - firstDrop), rate }));
  };
  const bend = (place: number): LayerFunction =>
    variant === 'maxout'
      ? maxout({ name: numbered('maxout', place), pieces })
      : activation({ name: numbered('activation', place), activation: 'relu' });
  const pool = variant === 'stochasticPooling' ? stochasticPool2d : maxPool2d;
  const limited = (axis: number | number[]): { kernelConstraint: Constraint } => ({
    kernelConstraint: { type: 'maxNorm', maximum: 4, axis },
  });
  drop(0);
  for (const [place, count] of filters.entries()) {
    const filtering = { filters: count * width, kernelSize: 5, padding: 'same', ...limited([0, 1, 2]) } as const;
    const pooling = { poolSize: 3, strides: 2, padding: 'same' } as const;
    chain.push(
      conv2d({ name: numbered('conv2d', place), ...filtering }),
      bend(place),
      pool({ name: numbered(variant === 'stochasticPooling' ? 'stochasticPool2d' : 'maxPool2d', place), ...pooling }),
    );
    drop(place + 1);
  }
  chain.push(flatten({ name: 'flatten' }));
  for (const place of [0, 1]) {
    chain.push(dense({ name: numbered('dense', place), units: units * width, ...limited(0) }), bend(3 + place));
    drop(4 + place);
  }
  const last = dense({ name: 'dense_2', units: classes, ...limited(0) });
  return sequential([input(inputShape, { name: 'input' }), ...chain, last]);
}
