import { ops, type Kind } from '@striate/core';
import { checkLargest } from './largest-target.ts';
import { metricKind, type Metric } from './metric.ts';

/**
 * Share of the samples whose label has the largest output; of equal outputs the lower class counts.
 *
 * Shapes: outputs [N, K], K >= 2; targets int32 [N], or float32 [N, K], whose largest entry is the label.
 *
 * @throws {OptionError} for any option (there are none); in training, for a model with one unit: see `binaryAccuracy`
 * @example
 * await evaluate(network, test, { loss: crossEntropy(), metrics: [accuracy()] }); // { accuracy: 0.9893, ... }
 */
export const accuracy: Kind<object, Metric> = metricKind({
  type: 'accuracy',
  doc: 'Share of the samples whose label has the largest output.',
  options: {},
  make: () => ({
    name: 'accuracy',
    check: (batch) => checkLargest('accuracy', batch),
    compute: ({ outputs, targets }) => ops.topKCorrect({ logits: outputs, labels: targets }, { k: 1 }),
  }),
});
