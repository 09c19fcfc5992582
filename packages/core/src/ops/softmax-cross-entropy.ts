import {
  add,
  cast,
  equal,
  expandDims,
  greaterEqual,
  less,
  logicalAnd,
  logSoftmax,
  mul,
  neg,
  oneHot,
  softmax,
  sub,
  sum,
  where,
} from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { checkOptions } from '../check-options.ts';
import { checkRange } from '../check-values.ts';
import { defineOp, only, type Op } from '../define-op.ts';
import { ShapeError } from '../errors.ts';

type CrossEntropyInputs = { logits: Tensor; labels: Tensor };

export type CrossEntropyAttributes = {
  /** Share of the target that is spread evenly over all classes, in [0, 1). */
  labelSmoothing: number;
};

export const softmaxCrossEntropyOp: Op<CrossEntropyInputs, CrossEntropyAttributes> = defineOp({
  name: 'striate.SoftmaxCrossEntropy',
  asGiven: ['labels'],
  shapes({ logits, labels }) {
    checkLabels('softmaxCrossEntropy', logits, labels);
    return [[logits.shape[0]]];
  },
  reference({ logits, labels }, { labelSmoothing }) {
    const target = targets(labels, logits.shape[1]!, labelSmoothing);
    // 0 * -Infinity counts nothing.
    return neg(sum(where(equal(target, 0), 0, mul(target, logSoftmax(logits))), 1));
  },
  gradient: {
    saves: ['logits', 'labels'],
    of: ({ dys: [dy], inputs: { logits, labels }, attributes }) => ({
      logits: () => only(softmaxCrossEntropyGradientOp({ dy: dy!, logits, labels }, attributes)),
    }),
  },
});

/**
 * Cross-entropy between softmax(logits) and the targets, one loss a sample:
 *
 *   loss[n] = -sum over k of t[n,k] * log(softmax(logits[n])[k]),   t = labels * (1 - s) + s / K
 *
 * s being the label smoothing and K the number of classes. The sum runs over classes; averaging is left to the caller.
 * A class number that does not exist gives NaN.
 *
 * Shapes: logits [N, K]; labels int32 [N] (class numbers) or float32 [N, K] (one-hot or soft); loss [N].
 *
 * @throws {ShapeError} if labels do not fit the logits.
 * @example
 * const loss = ops.mean(ops.softmaxCrossEntropy({ logits, labels }, { labelSmoothing: 0.1 }));
 */
export function softmaxCrossEntropy(inputs: CrossEntropyInputs, attributes: CrossEntropyAttributes): Tensor {
  checkOptions('softmaxCrossEntropy', attributes, { labelSmoothing: true });
  checkRange('softmaxCrossEntropy', 'labelSmoothing', attributes.labelSmoothing, 0, 1);
  return only(softmaxCrossEntropyOp(inputs, attributes));
}

export const softmaxCrossEntropyGradientOp: Op<CrossEntropyInputs & { dy: Tensor }, CrossEntropyAttributes> = defineOp({
  name: 'striate.SoftmaxCrossEntropyGradient',
  asGiven: ['labels'],
  shapes: ({ logits }) => [logits.shape],
  reference({ dy, logits, labels }, { labelSmoothing }) {
    const target = targets(labels, logits.shape[1]!, labelSmoothing);
    const residual = sub(mul(softmax(logits), sum(target, 1, true)), target);
    return mul(residual, expandDims(dy, 1));
  },
});

function targets(labels: Tensor, classes: number, smoothing: number): Tensor {
  const hard = labels.rank === 1 ? oneHotOrNaN(labels as Tensor1D, classes) : labels;
  return smoothing === 0 ? hard : add(mul(hard, 1 - smoothing), smoothing / classes);
}

/** A row of NaN for a class that does not exist. */
function oneHotOrNaN(labels: Tensor1D, classes: number): Tensor {
  const exists = expandDims(logicalAnd(greaterEqual(labels, 0), less(labels, classes)), 1);
  return where(exists, cast(oneHot(labels, classes), 'float32'), NaN);
}

/** Throws unless labels are int32 [N] or float32 [N, K] for logits [N, K]. */
export function checkLabels(where: string, logits: Tensor, labels: Tensor): void {
  const [count, classes] = logits.shape;
  const integer = labels.rank === 1 && labels.dtype === 'int32' && labels.shape[0] === count;
  const soft =
    labels.rank === 2 && labels.dtype === 'float32' && labels.shape[0] === count && labels.shape[1] === classes;
  if (logits.rank === 2 && (integer || soft)) return;
  throw new ShapeError(
    `${where}: labels are ${labels.dtype} [${labels.shape.join(', ')}] for logits [${logits.shape.join(', ')}]. ` +
      'Wanted logits [N, K] with labels int32 [N] (class numbers) or float32 [N, K] (one-hot or soft).',
  );
}
