import type { Json, Tensor } from '@striate/core';
import type { HostTargets } from '../losses/loss.ts';

/** A number that is the mean over samples of something each of them contributes: the share that is classified rightly. */
export interface Metric {
  readonly type: string;
  /** What the history calls it: 'accuracy', 'top5'. */
  readonly name: string;
  readonly options: { readonly [option: string]: Json | undefined };
  /** Refuses outputs and targets that it cannot measure; throws OptionError or DataError. Left out: it takes any. */
  check?(batch: HostTargets): void;
  /** Sum over a batch's samples, a scalar that stays on the device. */
  compute(inputs: { outputs: Tensor; targets: Tensor }): Tensor;
}
