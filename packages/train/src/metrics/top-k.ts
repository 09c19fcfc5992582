import { OptionError, ops, option, type Kind } from '@striate/core';
import { checkLargest } from './largest-target.ts';
import { metricKind, type Metric } from './metric.ts';

/** Options of {@link topK}. */
export interface TopKOptions {
  /** How many of the largest outputs count. */
  k: number;
}

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
export const topK: Kind<TopKOptions, Metric, [k: number]> = metricKind({
  type: 'topK',
  doc: 'Share of the samples whose label is among the k largest outputs.',
  options: { k: option.count({ doc: 'How many of the largest outputs count.', example: 5 }) },
  shorthand: (k: number) => ({ k }),
  make: ({ k }) => ({
    name: `top${k}`,
    check(batch) {
      checkLargest('topK', batch);
      const classes = batch.outputShape[0]!;
      if (k <= classes) return;
      throw new OptionError(`topK: k is ${k}, but the model has ${classes} classes, so that every answer is right.`);
    },
    compute: ({ outputs, targets }) => ops.topKCorrect({ logits: outputs, labels: targets }, { k }),
  }),
});
