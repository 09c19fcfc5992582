import { ops, type Kind } from '@striate/core';
import { lossKind, type Loss } from './loss.ts';
import { asRows, checkNumberTargets, meanOfRows } from './number-targets.ts';

/**
 * Sigmoid and cross-entropy in one, for one yes or no, or for several labels of which any may hold; from logits (the model
 * must not end in a sigmoid):
 *
 *   loss[n] = mean over k of: -t log(sigmoid(z)) - (1 - t) log(1 - sigmoid(z)) = log(1 + exp(z)) - t z
 *
 * z being outputs[n,k] and t targets[n,k]. A batch's loss is the mean over samples; with sample weights w, sum(w * loss) / N.
 *
 * Shapes: outputs [N, K]; targets [N, K], from 0 to 1, or [N] where K is 1 (class numbers 0 and 1 as well).
 *
 * @throws {OptionError} for any option: there are none
 * @example
 * const model = sequential([input([28, 28, 1]), flatten(), dense({ units: 1 })]);
 * await fit(model, { data, epochs: 3, optimizer: adam(), loss: binaryCrossEntropy(), metrics: [binaryAccuracy()] });
 */
export const binaryCrossEntropy: Kind<object, Loss> = lossKind({
  type: 'binaryCrossEntropy',
  doc: 'For one yes or no, or several labels of which any may hold; from logits.',
  options: {},
  make: () => ({
    takes: 'logits',
    outputMeaning: 'labels',
    check: (batch) => checkNumberTargets('binaryCrossEntropy', batch, [0, 1]),
    compute(given) {
      const { outputs, targets } = asRows(given.outputs, given.targets);
      const losses = ops.subtract(ops.activation(outputs, 'softplus'), ops.multiply(outputs, targets));
      return meanOfRows(losses);
    },
  }),
});
