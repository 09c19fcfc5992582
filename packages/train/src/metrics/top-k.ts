import { OptionError, ops } from '@striate/core';
import type { Metric } from './metric.ts';

/**
 * Share of the samples whose label is among the k largest outputs, as `top5` in the history; of equal outputs the
 * lower class ranks first.
 *
 * Shapes: outputs [N, K]; targets int32 [N], or float32 [N, K], whose largest entry is the label.
 *
 * @throws {OptionError} if k is not a whole number of at least 1.
 * @example
 * await evaluate(network, test, { metrics: [topK(5)] }); // { top5: 0.998, ... }
 */
export function topK(k: number): Metric {
  if (!Number.isInteger(k) || k < 1)
    throw new OptionError(`topK: k is ${k}, but must be a whole number of at least 1.`);
  return {
    type: 'topK',
    name: `top${k}`,
    options: { k },
    compute: ({ outputs, targets }) => ops.topKCorrect({ logits: outputs, labels: targets }, { k }),
  };
}
