import {
  OptionError,
  arrayKind,
  checkOptions,
  checkUint32,
  describe,
  requireBackend,
  sizeOf,
  tensor,
  tidy,
  type OutputMeanings,
  type ParameterSpec,
  type Tensor,
  type Values,
} from '@striate/core';
import { initialValues } from '../initial-values.ts';
import { checkModel } from './check-model.ts';
import type { Model } from './model.ts';
import { parameterSpecs, stateSpecs } from './parameter-specs.ts';

/** A model with its values. */
export interface Network {
  readonly model: Model;
  /** Trained parameters by path. */
  readonly parameters: Values;
  /** Moving statistics by path. */
  readonly state: Values;
  /** What its outputs mean, since it was trained: the loss knew it, `predict` follows it. */
  readonly outputMeaning?: OutputMeanings;
}

/**
 * Draws a model's first parameters. They depend on the seed and on each parameter's path, shape and initialiser alone.
 *
 * @param options `seed`: an integer from 0 to 2^32 - 1
 * @returns the network; its tensors belong to the caller
 * @throws {OptionError} for an impossible seed, or an initialiser that gives a wrong number of values
 * @throws {BackendError} if no backend is in use
 * @example
 * const network = initialize(lenet5(), { seed: 1 });
 */
export function initialize(model: Model, options: { seed: number }): Network {
  checkModel('initialize', model);
  checkOptions('initialize', options, { seed: true }, 'initialize(model, { seed: 1 })');
  const { seed } = options;
  checkUint32(seed, 'seed', 'initialize');
  requireBackend('initialize');
  const draw = (specs: Record<string, ParameterSpec>): Values =>
    Object.fromEntries(Object.entries(specs).map(([path, spec]) => [path, initialTensor(path, spec, seed)]));
  // An initialiser that fails leaves nothing of those before it.
  const values = tidy(() => ({ parameters: draw(parameterSpecs(model)), state: draw(stateSpecs(model)) }));
  return { model, ...values };
}

function initialTensor(name: string, { shape, initializer }: ParameterSpec, seed: number): Tensor {
  const values = initialValues(initializer, shape, { seed, name });
  if (arrayKind(values) !== 'Float32Array')
    throw new OptionError(`initialize: the initialiser of '${name}' gave ${describe(values)}, not a Float32Array.`);
  if (values.length !== sizeOf(shape)) {
    throw new OptionError(
      `initialize: the initialiser of '${name}' gave ${values.length} values, but its shape [${shape.join(', ')}] needs ${sizeOf(shape)}.`,
    );
  }
  return tensor(values, [...shape]);
}
