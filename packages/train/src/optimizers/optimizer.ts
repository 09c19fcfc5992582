import type { Json, ParameterKind, Values } from '@striate/core';
import type { LearningRate } from './learning-rate.ts';

/** What an optimiser remembers: for each slot ('velocities', 'means') a tensor for each parameter, by its name. */
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
  /** What each parameter is for. */
  kinds: Readonly<Record<string, ParameterKind>>;
}

/** An optimiser: a record that can be saved, and how it updates all parameters by one op. */
export interface Optimizer {
  readonly type: string;
  readonly options: { readonly learningRate: LearningRate; readonly [option: string]: Json | undefined };
  /** State before the first update; belongs to the caller. */
  init(parameters: Values): OptimizerState;
  /** New parameters and state; the inputs are left alone. */
  update(inputs: UpdateInputs): { parameters: Values; state: OptimizerState };
}
