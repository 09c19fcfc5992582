import {
  foreignKinds,
  ownKinds,
  type Contract,
  type DefineKind,
  type Json,
  type ParameterKind,
  type Values,
} from '@striate/core';
import type { LearningRate } from '../schedules/schedule.ts';

/** What an optimiser remembers: for each slot ('velocities', 'means') a tensor for each parameter that trains, by its name. */
export type OptimizerState = Record<string, Values>;

/** What one update is made of. */
export interface UpdateInputs {
  /** Those that have a gradient. */
  parameters: Values;
  gradients: Values;
  state: OptimizerState;
  /** Number of this update, counted from 1. */
  step: number;
  learningRate: number;
  /** Times the weight decay, for optimisers that have one. */
  weightDecayFactor: number;
  /** What each parameter is for. */
  kinds: Readonly<Record<string, ParameterKind>>;
}

/** What an optimiser does. */
export interface OptimizerFunctions {
  /** State before the first update, of the parameters that train; belongs to the caller. */
  init(parameters: Values): OptimizerState;
  /** New parameters and state; the inputs are left alone. */
  update(inputs: UpdateInputs): { parameters: Values; state: OptimizerState };
}

/** An optimiser: a record that can be saved, and how it updates all parameters by one op. */
export interface Optimizer extends OptimizerFunctions {
  readonly type: string;
  readonly options: { readonly learningRate: LearningRate; readonly [option: string]: Json | undefined };
}

/** What all optimisers have in common. */
export const optimizerContract: Contract<OptimizerFunctions, Optimizer> = {
  noun: 'optimizer',
  byHand: { init: true, update: true },
  build: (type, options, functions) => ({ type, options: options as Optimizer['options'], ...functions }),
};

/** Defines one of our optimisers. */
export const optimizerKind: DefineKind<OptimizerFunctions, Optimizer> = ownKinds(optimizerContract);

/**
 * Defines an optimiser of your own, which works wherever one of ours does: `fit` trains by it, a checkpoint holds its
 * options and what it remembers, and `recipeOf(checkpoint, { kinds: [mine] })` makes it again. One of its options is
 * `learningRate: learningRate(usual)`.
 *
 * @throws {OptionError} for a type without a namespace, or a definition in which something is missing
 * @example
 * const signs = defineOptimizer({
 *   type: 'me/plain',
 *   doc: 'Goes down along the gradient.',
 *   options: { learningRate: learningRate(0.01) },
 *   make: () => ({
 *     init: () => ({}),
 *     update: ({ parameters, gradients, learningRate: rate }) => ({
 *       parameters: Object.fromEntries(
 *         Object.entries(parameters).map(([name, p]) => [name, ops.subtract(p, ops.multiply(gradients[name]!, rate))]),
 *       ),
 *       state: {},
 *     }),
 *   }),
 * });
 */
export const defineOptimizer: DefineKind<OptimizerFunctions, Optimizer> = foreignKinds(
  'defineOptimizer',
  optimizerContract,
);
