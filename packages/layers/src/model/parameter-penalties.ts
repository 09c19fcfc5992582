import type { Tensor, Values } from '@striate/core';
import { penalty } from '@striate/regularizers';
import { frozenParameters } from './freeze.ts';
import type { ModelGraph } from './model.ts';
import { parameterSpecs } from './parameter-specs.ts';

/** The penalties on a model's trained parameters, a scalar for each that has one: a shared layer's count once. */
export function parameterPenalties(model: ModelGraph, parameters: Values): Tensor[] {
  const frozen = frozenParameters(model);
  return Object.entries(parameterSpecs(model)).flatMap(([path, { regularizer }]) =>
    regularizer === undefined || frozen.has(path) ? [] : [penalty(regularizer, parameters[path]!)],
  );
}
