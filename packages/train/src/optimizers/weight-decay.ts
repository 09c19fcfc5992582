import { OptionError, type ParameterKind, type Values } from '@striate/core';

/** Options about weight decay that optimisers share. */
export interface WeightDecayOptions {
  /** How strongly parameters are pulled towards 0, at least 0. Default 0 (`adamW`: 0.01). */
  weightDecay?: number;
  /** Which kinds of parameters decay. Default: all, as in PyTorch; `['kernel']` spares biases and batch norm. */
  decays?: readonly ParameterKind[];
}

/** Kinds of parameters that are trained. */
export const trainedKinds: readonly ParameterKind[] = ['kernel', 'bias', 'scale'];

/** Whether each parameter decays, in the order of `parameters`. */
export function decayFlags(
  parameters: Values,
  kinds: Readonly<Record<string, ParameterKind>>,
  decays: readonly ParameterKind[],
): boolean[] {
  return Object.keys(parameters).map((name) => decays.includes(kinds[name] ?? 'kernel'));
}

/** @throws {OptionError} if weightDecay or decays is impossible. */
export function checkWeightDecay(where: string, weightDecay: number, decays: readonly ParameterKind[]): void {
  checkAtLeastZero(where, { weightDecay });
  const unknown = decays.find((kind) => !trainedKinds.includes(kind));
  if (unknown === undefined) return;
  throw new OptionError(`${where}: decays names '${unknown}', but can name ${trainedKinds.join(', ')}.`);
}

/** @throws {OptionError} unless every value is finite and at least 0. */
export function checkAtLeastZero(where: string, values: Record<string, number>): void {
  for (const [option, value] of Object.entries(values)) {
    if (value >= 0 && value < Infinity) continue;
    throw new OptionError(`${where}: ${option} is ${value}, but must be finite and at least 0.`);
  }
}

/** @throws {OptionError} unless every value is at least 0 and less than 1. */
export function checkFraction(where: string, values: Record<string, number>): void {
  for (const [option, value] of Object.entries(values)) {
    if (value >= 0 && value < 1) continue;
    throw new OptionError(`${where}: ${option} is ${value}, but must be at least 0 and less than 1.`);
  }
}
