import { ops, type Tensor } from '@striate/core';
import { checkChoice } from './options.ts';

/** Activation functions, by name. Softmax and log-softmax run over the last axis. */
export type Activation = 'linear' | 'relu' | 'sigmoid' | 'tanh' | 'softmax' | 'logSoftmax';

/** Those that convolutions, matrix products, pooling and batch norm compute in the same pass. */
export type FusedActivation = ops.FusedActivation;

/** The names of all activations. */
export const activationNames: readonly Activation[] = ['linear', 'relu', 'sigmoid', 'tanh', 'softmax', 'logSoftmax'];

/** The names of the activations that ops compute in the same pass. */
export const fusedActivationNames: readonly FusedActivation[] = ['linear', 'relu'];

/** @throws {OptionError} for an unknown name, with the nearest one. */
export function checkActivation(where: string, activation: string, known: readonly string[] = activationNames): void {
  checkChoice(where, 'activation', activation, known);
}

/** What an op is to compute in its own pass when a layer asks for an activation. */
export function fusedPart(activation: Activation): FusedActivation {
  return activation === 'relu' ? 'relu' : 'linear';
}

/** Applies the rest of an activation, after its fused part, to a tensor that it takes over. */
export function activateRest(x: Tensor, activation: Activation): Tensor {
  if (activation === 'linear' || activation === 'relu') return x;
  const y = ops.activation(x, activation);
  x.dispose();
  return y;
}
