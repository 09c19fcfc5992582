import { DataError, OptionError, ops } from '@striate/core';
import type { HostTargets, Loss } from './loss.ts';
import { weightedMean } from './weighted-mean.ts';

/** Options of {@link crossEntropy}. */
export interface CrossEntropyOptions {
  /** Share of the target that is spread evenly over all classes, 0 <= labelSmoothing < 1. Default 0. */
  labelSmoothing?: number;
}

/**
 * Softmax and cross-entropy in one, from logits (the model must not end in a softmax):
 *
 *   loss = mean over n of: -sum over k of t[n,k] * log(softmax(outputs[n])[k]),   t = targets * (1 - s) + s / K
 *
 * s being `labelSmoothing` and K the number of classes. Summed over classes, averaged over samples; with sample weights
 * w the mean is sum(w * loss) / N.
 *
 * Shapes: outputs [N, K]; targets int32 [N] (class numbers) or float32 [N, K] (one-hot or soft labels).
 *
 * Source: label smoothing from Szegedy et al. 2016, https://arxiv.org/abs/1512.00567
 *
 * @throws {OptionError} if labelSmoothing is not in [0, 1).
 * @example
 * const loss = crossEntropy({ labelSmoothing: 0.1 });
 */
export function crossEntropy({ labelSmoothing = 0 }: CrossEntropyOptions = {}): Loss {
  if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw new OptionError(`crossEntropy: labelSmoothing is ${labelSmoothing}, but must be at least 0 and less than 1.`);
  }
  return {
    type: 'crossEntropy',
    options: { labelSmoothing },
    takes: 'logits',
    check: checkLabels,
    compute: ({ outputs, targets, weights }) =>
      weightedMean(ops.softmaxCrossEntropy({ logits: outputs, labels: targets }, { labelSmoothing }), weights),
  };
}

function checkLabels({ targets, targetShape, ids, outputShape }: HostTargets): void {
  const classes = outputShape[0]!;
  if (outputShape.length !== 1) {
    throw new OptionError(
      `crossEntropy: the model's output is of shape [${outputShape.join(', ')}], but one logit a class is needed, [classes]. ` +
        'End the model with flatten() or globalAveragePool2d() and dense({ units: classes }).',
    );
  }
  if (targetShape.length === 1) checkClassNumbers(targets, ids, classes);
  else checkSoftLabels(targets, ids, classes, targetShape);
}

function checkClassNumbers(targets: ArrayLike<number>, ids: ArrayLike<number | string>, classes: number): void {
  for (let n = 0; n < targets.length; n++) {
    const label = targets[n]!;
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    throw new DataError(
      `crossEntropy: the label of sample ${ids[n]} is ${label}, but the model has ${classes} classes, so labels are 0 to ${classes - 1}. ` +
        'Mend the label, or give the last layer as many units as there are classes.',
    );
  }
}

function checkSoftLabels(
  targets: ArrayLike<number>,
  ids: ArrayLike<number | string>,
  classes: number,
  targetShape: readonly number[],
): void {
  if (targetShape.length !== 2 || targetShape[1] !== classes) {
    throw new DataError(
      `crossEntropy: the labels are of shape [${targetShape.join(', ')}], but the model has ${classes} classes: ` +
        `wanted [N] (class numbers) or [N, ${classes}] (the share of each class).`,
    );
  }
  for (let place = 0; place < targets.length; place++) {
    const share = targets[place]!;
    if (share >= 0 && share < Infinity) continue;
    throw new DataError(
      `crossEntropy: the label of sample ${ids[Math.floor(place / classes)]} gives class ${place % classes} the share ${share}, ` +
        'but shares must be finite and at least 0.',
    );
  }
}
