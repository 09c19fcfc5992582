import { foreignKinds, ownKinds, type Contract, type DefineKind, type KindRecord, type Tensor } from '@striate/core';

/** What a constraint makes of a parameter: a tensor of the same shape. */
export interface ConstraintFunction {
  (x: Tensor): Tensor;
  /** Axes that a parameter must have, counted from 0. */
  readonly axes?: readonly number[];
}

/** What all constraints have in common. */
export const constraintContract: Contract<ConstraintFunction, KindRecord> = {
  noun: 'constraint',
  bare: '(x) => tensor of the same shape',
};

/** Defines a constraint of ours. */
export const constraintKind: DefineKind<ConstraintFunction, KindRecord> = ownKinds(constraintContract);

/**
 * Defines a constraint of your own: a type in a namespace of yours, options, and what it makes of a parameter. A model that
 * uses it can be saved, and is loaded with `kinds: [halved]`.
 *
 * @returns the factory
 * @throws {OptionError} for a type without a namespace, and a definition that is not whole
 * @example
 * const halved = defineConstraint({
 *   type: 'me/halved',
 *   doc: 'Half of it.',
 *   options: {},
 *   make: () => (x) => ops.rescale(x, { scale: [0.5] }),
 * });
 * const layer = dense({ units: 4, kernelConstraint: halved() });
 */
export const defineConstraint: DefineKind<ConstraintFunction, KindRecord> = foreignKinds(
  'defineConstraint',
  constraintContract,
);
