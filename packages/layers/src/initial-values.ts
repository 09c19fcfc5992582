import * as own from './initializers/index.ts';
import {
  OptionError,
  checkCounts,
  checkOptions,
  checkText,
  checkUint32,
  describe,
  functionOf,
  option,
  type Family,
  type Initializer,
  type InitializerRandom,
  type KindRecord,
  type Option,
} from '@striate/core';
import { initializerContract, type InitializerFunction } from './initializer-kind.ts';

/** All initialisers. */
export const initializers: Family<InitializerFunction, KindRecord> = {
  ...initializerContract,
  kinds: [
    own.zeros,
    own.ones,
    own.constant,
    own.randomNormal,
    own.truncatedNormal,
    own.randomUniform,
    own.varianceScaling,
    own.glorotUniform,
    own.glorotNormal,
    own.heUniform,
    own.heNormal,
    own.lecunUniform,
    own.lecunNormal,
    own.identity,
    own.orthogonal,
    own.pytorchDefault,
  ],
};

/**
 * The first values of a parameter. Equal seed and parameter name give equal numbers, whatever else is in the model.
 *
 * @param initializer a record such as `heNormal()`, or a function
 * @param shape the parameter's shape; fans are computed as Keras does, from the last two axes and the product of the others
 * @returns as many values as the shape has elements
 * @throws {OptionError} for an unknown type, with the nearest name, or an impossible option
 * @example
 * initialValues(heNormal(), [3, 3, 16, 32], { seed: 1, name: 'conv2d/kernel' }); // 4,608 values
 */
export function initialValues(
  initializer: Initializer,
  shape: readonly number[],
  random: InitializerRandom,
): Float32Array {
  checkOptions(
    'initialValues',
    random,
    { seed: true, name: true },
    "initialValues(heNormal(), shape, { seed: 1, name: 'a' })",
  );
  const { seed, name } = random;
  checkUint32(seed, 'seed', 'initialValues');
  checkText('initialValues', 'name', name);
  if (!Array.isArray(shape))
    throw new OptionError(`initialValues: the shape is ${describe(shape)}, but must be a list.`);
  for (const size of shape) checkCounts('initialValues', { 'a size of the shape': size as number });
  return functionOf(initializers, name, 'initializer', initializer)(shape, { seed, name });
}

/** The first values of a parameter as an option of a layer. */
export function initializerOption(doc: string, otherwise: KindRecord): Option<Initializer, 'filled'> {
  return option.nested<Initializer, Initializer>(initializers, { doc, default: otherwise });
}
