import { ops, option, type Kind } from '@striate/core';
import { checkClassShares } from './class-targets.ts';
import { lossKind, type Loss } from './loss.ts';

/** Options of {@link crossEntropy}. */
export interface CrossEntropyOptions {
  /** Share of the target that is spread evenly over all classes, 0 <= labelSmoothing < 1. Default 0. */
  labelSmoothing?: number;
}

/**
 * Softmax and cross-entropy in one, from logits (the model must not end in a softmax):
 *
 *   loss[n] = -sum over k of t[n,k] * log(softmax(outputs[n])[k]),   t = targets * (1 - s) + s / K
 *
 * s being `labelSmoothing` and K the number of classes. A batch's loss is the mean over samples; with sample weights w,
 * sum(w * loss) / N.
 *
 * Shapes: outputs [N, K], K >= 2; targets int32 [N] (class numbers) or float32 [N, K] (one-hot or soft labels, each row
 * making 1).
 *
 * Source: label smoothing from Szegedy et al. 2016, https://arxiv.org/abs/1512.00567
 *
 * @throws {OptionError} for an unknown option, or if labelSmoothing is not in [0, 1).
 * @example
 * const loss = crossEntropy({ labelSmoothing: 0.1 });
 */
export const crossEntropy: Kind<CrossEntropyOptions, Loss> = lossKind({
  type: 'crossEntropy',
  doc: 'For classes that exclude each other; from logits.',
  options: {
    labelSmoothing: option.number({
      doc: 'Share of the target that is spread evenly over all classes.',
      default: 0,
      minimum: 0,
      below: 1,
    }),
  },
  make: ({ labelSmoothing }) => ({
    takes: 'logits',
    outputMeaning: 'classes',
    check: (batch) => checkClassShares('crossEntropy', batch),
    compute: ({ outputs, targets }) =>
      ops.softmaxCrossEntropy({ logits: outputs, labels: targets }, { labelSmoothing }),
  }),
});
