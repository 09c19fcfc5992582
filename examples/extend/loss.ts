// A loss of your own: one number a sample, out of ops, which have gradients. The step makes the mean.
import { ops, option, type Kind } from '@striate/core';
import { crossEntropy, defineLoss, type Loss } from '@striate/train';

/** Options of {@link focal}. */
export interface FocalOptions {
  /** How little samples count that are told rightly; 0 is the cross-entropy. */
  gamma?: number;
}

/**
 * Source: Lin et al. 2017, https://arxiv.org/abs/1708.02002, for class numbers
 *
 *   loss[n] = -(1 - p)^gamma * log(p),   p = softmax(outputs[n])[targets[n]]
 */
export const focal: Kind<FocalOptions, Loss> = defineLoss({
  type: 'me/focal',
  doc: 'Cross-entropy that attends to what is told wrongly.',
  options: { gamma: option.number({ doc: 'How little counts what is told rightly.', default: 2, minimum: 0 }) },
  make: ({ gamma }) => ({
    takes: 'logits',
    outputMeaning: 'classes',
    check: crossEntropy().check,
    compute({ outputs, targets }) {
      const logs = ops.pick(ops.logSoftmax(outputs), targets);
      return ops.negative(ops.multiply(ops.power(ops.subtract(1, ops.exp(logs)), gamma), logs));
    },
  }),
});
