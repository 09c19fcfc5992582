import { ops } from '@striate/core';
import type { Metric } from './metric.ts';

/**
 * Share of the samples whose label has the largest output; of equal outputs the lower class counts.
 *
 * Shapes: outputs [N, K]; targets int32 [N], or float32 [N, K], whose largest entry is the label.
 *
 * @example
 * await evaluate(network, test, { metrics: [accuracy()] }); // { accuracy: 0.9893, ... }
 */
export function accuracy(): Metric {
  return {
    type: 'accuracy',
    name: 'accuracy',
    options: {},
    compute: ({ outputs, targets }) => ops.topKCorrect({ logits: outputs, labels: targets }, { k: 1 }),
  };
}
