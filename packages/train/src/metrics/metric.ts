import { foreignKinds, ownKinds, type Contract, type DefineKind, type Json, type Tensor } from '@striate/core';
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
export interface Metric extends MetricFunctions {
  readonly type: string;
  readonly options: { readonly [option: string]: Json | undefined };
}

/** What a metric computes, and what it is called. */
export interface MetricFunctions {
  /** What the history calls it: 'accuracy', 'top5'. */
  readonly name: string;
  /** Refuses outputs and targets that it cannot measure; throws OptionError or DataError. Left out: it takes any. */
  check?(batch: HostTargets): void;
  /** Sum over a batch's samples, a scalar that stays on the device. */
  compute(inputs: MetricInputs): Tensor;
  /** What the sum is divided by, a scalar too: samples of one class, pixels. Left out: the number of samples. */
  count?(inputs: MetricInputs): Tensor;
}

/** What all metrics have in common. */
export const metricContract: Contract<MetricFunctions, Metric> = {
  noun: 'metric',
  byHand: { compute: true, name: false, check: false, count: false },
  build: (type, options, functions) => ({ type, options: options as Metric['options'], ...functions }),
};

/** Defines one of our metrics. */
export const metricKind: DefineKind<MetricFunctions, Metric> = ownKinds(metricContract);

/**
 * Defines a metric of your own, which works wherever one of ours does.
 *
 * @throws {OptionError} for a type without a namespace, or a definition in which something is missing
 * @example
 * const errors = defineMetric({
 *   type: 'me/errors',
 *   doc: 'Share of the samples that are classified wrongly.',
 *   options: {},
 *   make: () => ({
 *     name: 'errors',
 *     compute: ({ outputs, targets }) =>
 *       ops.subtract(outputs.shape[0]!, ops.topKCorrect({ logits: outputs, labels: targets }, { k: 1 })),
 *   }),
 * });
 */
export const defineMetric: DefineKind<MetricFunctions, Metric> = foreignKinds('defineMetric', metricContract);
