import { OptionError, checkChoice, checkRange, describe, type ParameterKind, type Values } from '@striate/core';

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
  checkRange(where, 'weightDecay', weightDecay, 0, Infinity);
  if (!Array.isArray(decays))
    throw new OptionError(`${where}: decays is ${describe(decays)}, but must be a list. Write decays: ['kernel'].`);
  for (const kind of decays as readonly string[]) checkChoice(where, 'a kind in decays', kind, trainedKinds);
}
