import { foreignKinds, ownKinds, type Contract, type DefineKind, type KindRecord, type Tensor } from '@striate/core';

/** What all penalties have in common: a scalar out of ops of core, from parameters or activations of any shape. */
export const penaltyContract: Contract<(x: Tensor) => Tensor, KindRecord> = { noun: 'penalty', bare: '(x) => scalar' };

/** Defines a penalty of ours. */
export const penaltyKind: DefineKind<(x: Tensor) => Tensor, KindRecord> = ownKinds(penaltyContract);

/**
 * Defines a penalty of your own: a type in a namespace of yours, options, and what it computes. A model that uses it can
 * be saved, and is loaded with `kinds: [sum]`.
 *
 * @returns the factory
 * @throws {OptionError} for a type without a namespace, and a definition that is not whole
 * @example
 * const sum = definePenalty({
 *   type: 'me/sum',
 *   doc: 'factor times the sum.',
 *   options: { factor: option.number({ doc: 'How much it counts.', default: 0.01, minimum: 0 }) },
 *   make: ({ factor }) => (x) => ops.sum(ops.rescale(x, { scale: [factor] })),
 * });
 * const layer = dense({ units: 4, kernelRegularizer: sum({ factor: 0.1 }) });
 */
export const definePenalty: DefineKind<(x: Tensor) => Tensor, KindRecord> = foreignKinds(
  'definePenalty',
  penaltyContract,
);
