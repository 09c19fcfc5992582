import { fill, ops, scalar, type Kind } from '@striate/core';
import { asRows, checkNumberTargets } from '../losses/number-targets.ts';
import { metricKind, type Metric } from './metric.ts';

/**
 * Share of the labels that are told rightly, where each may hold by itself: those above 1/2 by an output above 0, the logit
 * of 1/2, the others by one that is not. NaN is never right.
 *
 * Shapes: outputs [N, K], logits; targets [N, K], from 0 to 1, or [N] where K is 1.
 *
 * @throws {OptionError} for any option: there are none
 * @example
 * await evaluate(network, test, { loss: binaryCrossEntropy(), metrics: [binaryAccuracy()] }); // { binaryAccuracy: 0.97, ... }
 */
export const binaryAccuracy: Kind<object, Metric> = metricKind({
  type: 'binaryAccuracy',
  doc: 'Share of the labels that are told rightly, where each may hold by itself.',
  options: {},
  make: () => ({
    name: 'binaryAccuracy',
    check: (batch) => checkNumberTargets('binaryAccuracy', batch, [0, 1]),
    compute(given) {
      const { outputs, targets } = asRows(given.outputs, given.targets);
      const [samples, labels] = outputs.shape as [number, number];
      // Each label is a choice of two classes: 'no' with the logit 0, and 'yes' with that of the output.
      const count = samples * labels;
      const logits = ops.concat([fill([count, 1], 0), ops.reshape(outputs, [count, 1])]);
      const shares = ops.concat([fill([count, 1], 0.5), ops.reshape(targets, [count, 1])]);
      return ops.scaleBy(ops.topKCorrect({ logits, labels: shares }, { k: 1 }), scalar(1 / labels));
    },
  }),
});
