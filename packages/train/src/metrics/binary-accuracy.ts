import { add, cast, checkOptions, greater, lessEqual, mean, mul, sum } from '@striate/core';
import { asRows, checkNumberTargets } from '../losses/number-targets.ts';
import type { Metric } from './metric.ts';

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
export function binaryAccuracy(options: Readonly<Record<string, never>> = {}): Metric {
  checkOptions('binaryAccuracy', options, {}, 'binaryAccuracy()');
  return {
    type: 'binaryAccuracy',
    name: 'binaryAccuracy',
    options: {},
    check: (batch) => checkNumberTargets('binaryAccuracy', batch, [0, 1]),
    compute(given) {
      const { outputs, targets } = asRows(given.outputs, given.targets);
      const isRight = add(
        mul(cast(greater(outputs, 0), 'float32'), cast(greater(targets, 0.5), 'float32')),
        mul(cast(lessEqual(outputs, 0), 'float32'), cast(lessEqual(targets, 0.5), 'float32')),
      );
      return sum(mean(isRight, 1));
    },
  };
}
