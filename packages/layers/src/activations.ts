import {
  checkMember,
  checkTensor,
  ops,
  option,
  tidy,
  type Activation,
  type Family,
  type Option,
  type Tensor,
} from '@striate/core';

/** An activation function; see {@link ActivationRecord} for all names and formulas. */
export type { Activation };

/** Names and options of activation functions. */
export type ActivationRecord = ops.ActivationRecord;

/** Those that convolutions, matrix products, pooling and batch norm compute in the same pass. */
export type FusedActivation = ops.FusedActivation;

/** The names of all activations. */
export const activationNames: readonly ops.ActivationKind[] = ops.activationKinds;

/** The names of the activations that ops compute in the same pass. */
export const fusedActivationNames: readonly FusedActivation[] = ['linear', 'relu'];

/** @throws {OptionError} for an unknown name (with the nearest one), unknown options or impossible values. */
export function checkActivation(where: string, activation: Activation): void {
  checkMember(ops.activations, where, 'activation', activation);
}

/** What a layer applies last, as an option. */
export const activationOption: Option<Activation, 'filled'> = option.nested<Activation, 'linear'>(
  ops.activations as Family<never, Activation>, // records of the types that there are
  { doc: 'Applied to the result.', default: 'linear' },
);

/** The only option of a layer that is an activation. */
export const requiredActivation: Option<Activation, 'required'> = option.nested<Activation>(
  ops.activations as Family<never, Activation>, // records of the types that there are
  { doc: 'The function: a name, or a record with options.', example: 'relu' },
);

/** What an op is to compute in its own pass when a layer asks for an activation. */
export function fusedPart(activation: Activation): FusedActivation {
  if (typeof activation === 'function') return 'linear';
  const call = ops.resolveActivation('activation', activation);
  return call && 'kind' in call && call.kind === 'relu' ? 'relu' : 'linear';
}

/** Whether an activation has no effect. */
export function isLinear(activation: Activation): boolean {
  return typeof activation !== 'function' && ops.resolveActivation('activation', activation) === undefined;
}

/** Applies the rest of an activation, after its fused part, to a tensor that it takes over. */
export function activateRest(x: Tensor, activation: Activation): Tensor {
  if (isLinear(activation) || fusedPart(activation) === 'relu') return x;
  const y = activate(x, activation);
  if (y !== x) x.dispose();
  return y;
}

/** Applies an activation; gives x itself only where a bare function does. */
export function activate(x: Tensor, activation: Activation): Tensor {
  if (typeof activation !== 'function') return ops.activation(x, activation);
  return tidy(() => {
    const y: unknown = activation(x);
    checkTensor('activation', 'what the function gave', y);
    return y;
  });
}

/** An activation option as a name, if it is 'linear' or 'relu' in any of their forms; else as it is. */
export function simplified(activation: unknown): unknown {
  if (activation === undefined || typeof activation === 'function') return activation;
  const known = activation as Activation;
  if (isLinear(known)) return 'linear';
  return fusedPart(known) === 'relu' ? 'relu' : activation;
}
