import { OptionError, checkCounts, ops } from '@striate/core';
import { checkLargest } from './largest-target.ts';
import type { Metric } from './metric.ts';

/**
 * Share of the samples whose label is among the k largest outputs, as `top5` in the history; of equal outputs the
 * lower class ranks first.
 *
 * Shapes: outputs [N, K], K >= 2 and at least k; targets int32 [N], or float32 [N, K], whose largest entry is the label.
 *
 * @throws {OptionError} if k is not a whole number of at least 1; in training, if the model has fewer classes
 * @example
 * await evaluate(network, test, { loss: crossEntropy(), metrics: [topK(5)] }); // { top5: 0.998, ... }
 */
export function topK(k: number): Metric {
  checkCounts('topK', { k });
  return {
    type: 'topK',
    name: `top${k}`,
    options: { k },
    check(batch) {
      checkLargest('topK', batch);
      const classes = batch.outputShape[0]!;
      if (k <= classes) return;
      throw new OptionError(`topK: k is ${k}, but the model has ${classes} classes, so that every answer is right.`);
    },
    compute: ({ outputs, targets }) => ops.topKCorrect({ logits: outputs, labels: targets }, { k }),
  };
}
