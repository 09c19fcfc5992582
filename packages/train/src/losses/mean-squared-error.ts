import { ops, type Kind } from '@striate/core';
import { lossKind, type Loss } from './loss.ts';
import { asRows, checkNumberTargets, meanOfRows } from './number-targets.ts';

/**
 * Mean of squared differences, for numbers (a regression):
 *
 *   loss[n] = mean over k of: (outputs[n,k] - targets[n,k])^2
 *
 * A batch's loss is the mean over samples; with sample weights w, sum(w * loss) / N.
 *
 * Shapes: outputs [N, ...]; targets of the same, or [N] where the model gives one number.
 *
 * @throws {OptionError} for any option: there are none
 * @example
 * const { network } = await fit(model, { data, epochs: 3, optimizer: adam(), loss: meanSquaredError() });
 * const [numbers] = await predict(network, inputs); // as they are
 */
export const meanSquaredError: Kind<object, Loss> = lossKind({
  type: 'meanSquaredError',
  doc: 'Mean of squared differences, for numbers.',
  options: {},
  make: () => ({
    outputMeaning: 'numbers',
    check: (batch) => checkNumberTargets('meanSquaredError', batch),
    compute(given) {
      const { outputs, targets } = asRows(given.outputs, given.targets);
      const differences = ops.subtract(outputs, targets);
      return meanOfRows(ops.multiply(differences, differences));
    },
  }),
});
