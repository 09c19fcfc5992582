import type { Json, OutputMeaning, Tensor } from '@striate/core';

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

/** A loss: a record that can be saved, and what it computes. */
export interface Loss {
  readonly type: string;
  readonly options: { readonly [option: string]: Json | undefined };
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
