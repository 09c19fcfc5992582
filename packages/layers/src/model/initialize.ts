import {
  BackendError,
  OptionError,
  activeBackend,
  arrayKind,
  checkOptions,
  checkUint32,
  describe,
  requireBackend,
  sizeOf,
  tensor,
  tidy,
  type NetworkFacts,
  type ParameterSpec,
  type Tensor,
  type Values,
} from '@striate/core';
import { initialValues } from '../initial-values.ts';
import { checkModel } from './check-model.ts';
import type { Model } from './model-graph.ts';
import { parameterSpecs, stateSpecs } from './parameter-specs.ts';

/** A model with its values, and what is known of both. */
export interface Network extends NetworkFacts {
  readonly model: Model;
  /** Trained parameters by path. */
  readonly parameters: Values;
  /** Moving statistics by path. */
  readonly state: Values;
}

/**
 * Draws a model's first parameters. They depend on the seed and on each parameter's path, shape and initialiser alone.
 *
 * @param options `seed`: an integer from 0 to 2^32 - 1
 * @returns the network; its tensors belong to the caller
 * @throws {OptionError} for an impossible seed, or an initialiser that gives a wrong number of values
 * @throws {BackendError} if no backend is in use, or it may not hold so many values: nothing is drawn then
 * @example
 * const network = initialize(lenet5(), { seed: 1 });
 */
export function initialize(model: Model, options: { seed: number }): Network {
  checkModel('initialize', model);
  checkOptions('initialize', options, { seed: true }, 'initialize(model, { seed: 1 })');
  const { seed } = options;
  checkUint32(seed, 'seed', 'initialize');
  requireBackend('initialize');
  const specs = { parameters: parameterSpecs(model), state: stateSpecs(model) };
  checkRoom({ ...specs.parameters, ...specs.state });
  const draw = (some: Record<string, ParameterSpec>): Values =>
    Object.fromEntries(Object.entries(some).map(([path, spec]) => [path, initialTensor(path, spec, seed)]));
  // An initialiser that fails leaves nothing of those before it.
  const values = tidy(() => ({ parameters: draw(specs.parameters), state: draw(specs.state) }));
  return { model, ...values };
}

/** Drawing takes seconds and gigabytes of the host before a backend could say that it is too much. */
function checkRoom(specs: Record<string, ParameterSpec>): void {
  const backend = activeBackend()!;
  const { bytesAllowed = Infinity, bytesInUse } = backend.stats();
  const sizes = Object.entries(specs).map(([path, { shape }]) => ({ path, shape, bytes: 4 * sizeOf(shape) }));
  const needed = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  if (needed <= bytesAllowed - bytesInUse) return;
  const { path, shape } = sizes.reduce((largest, one) => (one.bytes > largest.bytes ? one : largest));
  throw new BackendError(
    `initialize: the model's values need ${mebibytes(needed)}, but ${backend.name} may hold ${mebibytes(bytesAllowed)}, ` +
      `of which ${mebibytes(bytesInUse)} are in use. Make its layers smaller: the largest is '${path}' [${shape.join(', ')}].`,
  );
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

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
