import {
  foreignKinds,
  ownKinds,
  type Contract,
  type DefineKind,
  type Json,
  type OutputMeaning,
  type Tensor,
} from '@striate/core';

/** What a loss is computed from. */
export interface LossInputs {
  /** Outputs of the model, [N, ...]. */
  outputs: Tensor;
  /** What they should be, [N] or [N, ...]. */
  targets: Tensor;
}

/** A batch's targets while they are still on the host. */
export interface HostTargets {
  targets: ArrayLike<number>;
  targetShape: readonly number[];
  /** Names of the samples, for errors. */
  ids: ArrayLike<number | string>;
  /** Shape of the model's output without the batch axis. */
  outputShape: readonly (number | null)[];
}

/** What a loss computes, and what it takes. */
export interface LossFunctions {
  /** What the model must give: 'logits', before any softmax or sigmoid, or anything. */
  readonly takes?: 'logits';
  /** What an output says that was trained by it; `predict` follows it. Left out: nothing is known, it is told as it is. */
  readonly outputMeaning?: OutputMeaning;
  /** Refuses targets that no step should see; throws DataError with the sample's id. */
  check(batch: HostTargets): void;
  /**
   * One number a sample, float32 [N]. The step makes their mean, with the samples' weights if there are any; so the parts
   * of a batch add up by their counts.
   */
  compute(inputs: LossInputs): Tensor;
}

/** A loss: a record that can be saved, and what it computes. */
export interface Loss extends LossFunctions {
  readonly type: string;
  readonly options: { readonly [option: string]: Json | undefined };
}

/** What all losses have in common. */
export const lossContract: Contract<LossFunctions, Loss> = {
  noun: 'loss',
  byHand: { check: true, compute: true, takes: false, outputMeaning: false },
  build: (type, options, functions) => ({ type, options: options as Loss['options'], ...functions }),
};

/** Defines one of our losses. */
export const lossKind: DefineKind<LossFunctions, Loss> = ownKinds(lossContract);

/**
 * Defines a loss of your own, which works wherever one of ours does: `fit` trains by it, a checkpoint holds its options,
 * and `recipeOf(checkpoint, { kinds: [mine] })` makes it again.
 *
 * @throws {OptionError} for a type without a namespace, or a definition in which something is missing
 * @example
 * const absolute = defineLoss({
 *   type: 'me/absolute',
 *   doc: 'Mean of absolute differences, for one number a sample.',
 *   options: {},
 *   make: () => ({
 *     outputMeaning: 'numbers',
 *     check: () => undefined,
 *     compute: ({ outputs, targets }) => ops.abs(ops.subtract(ops.reshape(outputs, [-1]), ops.reshape(targets, [-1]))),
 *   }),
 * });
 */
export const defineLoss: DefineKind<LossFunctions, Loss> = foreignKinds('defineLoss', lossContract);
