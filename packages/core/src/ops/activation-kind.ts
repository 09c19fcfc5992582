import type { Tensor } from '@tensorflow/tfjs-core';
import { foreignKinds, ownKinds, type Contract, type DefineKind } from '../kinds/define-kind.ts';
import type { Json } from '../json.ts';
import type { KindRecord } from '../kinds/kind.ts';
import type { ActivationFunctionName } from './activation-functions.ts';

/** What kernels get to see: one of a few functions, and its numbers. */
export interface ActivationCall {
  readonly kind: ActivationFunctionName;
  readonly parameters: readonly number[];
}

/** What an activation does: a call of a kernel, a function out of ops, or nothing. */
export type ActivationMade = ActivationCall | ((x: Tensor) => Tensor) | undefined;

/** What all activations have in common. */
export const activationContract: Contract<ActivationMade, KindRecord> = {
  noun: 'activation',
  bare: '(x) => tensor',
  names: true,
};

/** Defines an activation that kernels know. */
export const activationKind: DefineKind<ActivationMade, KindRecord> = ownKinds(activationContract);

/** The record of somebody's own activation. */
export interface ForeignActivation {
  readonly type: `${string}/${string}`;
  readonly [option: string]: Json | undefined;
}

/**
 * Defines an activation of your own: a type in a namespace of yours, options, and a function out of ops. A model that
 * uses it can be saved, and is loaded with `kinds: [halved]`.
 *
 * @returns the factory
 * @throws {OptionError} for a type without a namespace, and a definition that is not whole
 * @example
 * const scaled = defineActivation({
 *   type: 'me/scaled',
 *   doc: 'A multiple.',
 *   options: { factor: option.number({ doc: 'By what.', default: 2 }) },
 *   make: ({ factor }) => (x) => ops.rescale(x, { scale: [factor] }),
 * });
 * const layer = dense({ units: 4, activation: scaled() });
 */
export const defineActivation: DefineKind<(x: Tensor) => Tensor, ForeignActivation> = foreignKinds<
  (x: Tensor) => Tensor,
  ForeignActivation
>('defineActivation', { noun: 'activation', bare: '(x) => tensor', names: true });
