import { OptionError, checkOptions, describe } from '@striate/core';
import { dense, flatten, input, sequential, type Model } from '@striate/layers';
import { checkCommon } from './check-common.ts';
import { numbered } from './numbered.ts';

/** Options of {@link mlp}. */
export interface MlpOptions {
  /** Default [28, 28, 1]. */
  inputShape?: readonly number[];
  /** Neurons of each hidden layer. Default [128]. */
  hidden?: readonly number[];
  /** Default 10. */
  classes?: number;
}

/**
 * A multilayer perceptron: fully connected layers with relu, the baseline that CNNs are compared with. It ends in
 * logits. 101,770 parameters for MNIST with 128 hidden neurons.
 *
 * Source: Rumelhart, Hinton, Williams 1986, "Learning representations by back-propagating errors".
 *
 * @throws {OptionError} if there is a hidden layer of no neurons
 * @example
 * const network = initialize(mlp({ hidden: [256, 128] }), { seed: 1 });
 */
export function mlp(options: MlpOptions = {}): Model {
  checkOptions('mlp', options, { inputShape: true, hidden: true, classes: true });
  const { inputShape = [28, 28, 1], hidden = [128], classes = 10 } = options;
  checkCommon('mlp', { inputShape, classes }, 'any');
  if (!Array.isArray(hidden))
    throw new OptionError(`mlp: hidden is ${describe(hidden)}, but must be a list of sizes, such as [256, 128].`);
  const layers = hidden.map((units, place) => dense({ name: numbered('dense', place), units, activation: 'relu' }));
  return sequential([
    input(inputShape, { name: 'input' }),
    flatten({ name: 'flatten' }),
    ...layers,
    dense({ name: numbered('dense', hidden.length), units: classes }),
  ]);
}
