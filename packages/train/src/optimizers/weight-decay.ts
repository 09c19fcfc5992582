import { option, type Option, type ParameterKind, type Values } from '@striate/core';

/** Options about weight decay that optimisers share. */
export interface WeightDecayOptions {
  /** How strongly parameters are pulled towards 0, at least 0. Default 0 (`adamW`: 0.01). */
  weightDecay?: number;
  /** Which kinds of parameters decay. Default: all, as in PyTorch; `['kernel']` spares biases and batch norm. */
  decays?: readonly ParameterKind[];
}

/** Kinds of parameters that are trained. */
const trainedKinds: readonly ParameterKind[] = ['kernel', 'bias', 'scale'];

/** {@link WeightDecayOptions}, with the usual decay. */
export function weightDecay(usual: number): {
  weightDecay: Option<number, 'filled'>;
  decays: Option<readonly ParameterKind[], 'filled'>;
} {
  return {
    weightDecay: option.number({
      doc: 'How strongly parameters are pulled towards 0.',
      default: usual,
      minimum: 0,
    }),
    decays: option.list({
      doc: 'Which kinds of parameters decay.',
      of: option.choice({ doc: 'A kind of parameter.', names: trainedKinds, example: 'kernel' }),
      default: trainedKinds,
    }),
  };
}

/** Whether each parameter decays, in the order of `parameters`. */
export function decayFlags(
  parameters: Values,
  kinds: Readonly<Record<string, ParameterKind>>,
  decays: readonly ParameterKind[],
): boolean[] {
  return Object.keys(parameters).map((name) => decays.includes(kinds[name] ?? 'kernel'));
}
