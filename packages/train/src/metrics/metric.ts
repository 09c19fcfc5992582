import type { Json, Tensor } from '@striate/core';
import type { HostTargets } from '../losses/loss.ts';

/** What a metric is computed from. */
export interface MetricInputs {
  /** Outputs of the model, [N, ...]. */
  outputs: Tensor;
  /** What they should be, [N] or [N, ...]. */
  targets: Tensor;
}

/**
 * A number that is a mean of something that samples contribute: the share of them that is classified rightly. It is a
 * sum with a count, so that the parts of a batch, and the batches of an epoch, add up.
 */
export interface Metric {
  readonly type: string;
  /** What the history calls it: 'accuracy', 'top5'. */
  readonly name: string;
  readonly options: { readonly [option: string]: Json | undefined };
  /** Refuses outputs and targets that it cannot measure; throws OptionError or DataError. Left out: it takes any. */
  check?(batch: HostTargets): void;
  /** Sum over a batch's samples, a scalar that stays on the device. */
  compute(inputs: MetricInputs): Tensor;
  /** What the sum is divided by, a scalar too: samples of one class, pixels. Left out: the number of samples. */
  count?(inputs: MetricInputs): Tensor;
}
