import {
  any,
  argMax,
  cast,
  equal,
  expandDims,
  isNaN,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  range,
  squeeze,
  sum,
  where,
} from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { checkOptions } from '../check-options.ts';
import { checkCounts } from '../check-values.ts';
import { defineOp, only, type Op } from '../define-op.ts';
import { checkLabels } from './softmax-cross-entropy.ts';

export const topKCorrectOp: Op<{ logits: Tensor; labels: Tensor }, { k: number }> = defineOp({
  name: 'striate.TopKCorrect',
  asGiven: ['labels'],
  shapes({ logits, labels }) {
    checkLabels('topKCorrect', logits, labels);
    return [[]];
  },
  reference({ logits, labels }, { k }) {
    const classes = logits.shape[1]!;
    const label: Tensor = expandDims(labels.rank === 1 ? labels : argMax(labels, 1), 1);
    const places = expandDims(range(0, classes, 1, 'int32'), 0);
    const isLabel = equal(places, label);
    const chosen = sum(where(isLabel, logits, 0), 1, true);
    // NaN is not at most anything: it ranks before all.
    const ahead = logicalOr(
      logicalNot(lessEqual(logits, chosen)),
      logicalAnd(equal(logits, chosen), less(places, label)),
    );
    const isCorrect = logicalAnd(less(sum(cast(ahead, 'float32'), 1), k), any(isLabel, 1));
    return sum(cast(logicalAnd(isCorrect, logicalNot(isNaN(squeeze(chosen, [1])))), 'float32'));
  },
});

/**
 * How many samples have their label among the k largest logits; of equal logits the lower class ranks first. NaN ranks
 * before all numbers and is never right itself; nor is a label that is no class.
 *
 * Shapes: logits [N, K]; labels int32 [N] or float32 [N, K] (then their largest entry is the label); result a scalar.
 *
 * @throws {ShapeError} if labels do not fit the logits.
 * @throws {OptionError} if k is not a whole number of at least 1
 */
export function topKCorrect(inputs: { logits: Tensor; labels: Tensor }, attributes: { k: number }): Tensor {
  checkOptions('topKCorrect', attributes, { k: true });
  checkCounts('topKCorrect', { k: attributes.k });
  return only(topKCorrectOp(inputs, attributes));
}
