import {
  add,
  argMax,
  cast,
  equal,
  expandDims,
  greater,
  less,
  logicalAnd,
  mul,
  oneHot,
  range,
  sum,
} from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { checkOptions } from '../check-options.ts';
import { checkCounts } from '../check-values.ts';
import { defineOp, only } from '../define-op.ts';
import { checkLabels } from './softmax-cross-entropy.ts';

const topKCorrectOp = defineOp<{ logits: Tensor; labels: Tensor }, { k: number }>({
  name: 'striate.TopKCorrect',
  asGiven: ['labels'],
  shapes({ logits, labels }) {
    checkLabels('topKCorrect', logits, labels);
    return [[]];
  },
  reference({ logits, labels }, { k }) {
    const classes = logits.shape[1]!;
    const label: Tensor = labels.rank === 1 ? labels : argMax(labels, 1);
    const chosen = sum(mul(logits, cast(oneHot(label as Tensor1D, classes), 'float32')), 1, true);
    const earlier = less(expandDims(range(0, classes, 1, 'int32'), 0), expandDims(label, 1));
    const ahead = add(
      cast(greater(logits, chosen), 'float32'),
      cast(logicalAnd(equal(logits, chosen), earlier), 'float32'),
    );
    return sum(cast(less(sum(ahead, 1), k), 'float32'));
  },
});

/**
 * How many samples have their label among the k largest logits; of equal logits the lower class ranks first.
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
