import {
  OptionError,
  checkOutputMeaning,
  checkShapes,
  checkTensor,
  describe,
  isRecord,
  requireBackend,
  type Values,
} from '@striate/core';
import { isModel } from './check-model.ts';
import type { Network } from './initialize.ts';
import type { Model, ModelGraph } from './model-graph.ts';
import { parameterSpecs, stateSpecs } from './parameter-specs.ts';

/** A network whose model need not be callable. */
export type AnyNetwork = Omit<Network, 'model'> & { model: ModelGraph };

/**
 * Checks that a value is a network that can be computed with on the backend in use.
 *
 * @throws {OptionError} saying what it is instead and what to write, or which tensor is missing or disposed
 * @throws {DataError} if a tensor is not of the shape that the model wants
 * @throws {BackendError} if no backend is in use
 * @example
 * checkNetwork('myFunction', value); // value is a network from here on
 */
export function checkNetwork(where: string, value: unknown): asserts value is AnyNetwork {
  if (!isNetwork(value)) {
    const remedy = adviceFor(where, value) ?? 'Networks are what initialize, fit and load give.';
    throw new OptionError(
      `${where}: got ${isModel(value) ? 'a model' : describe(value)}, but a network is needed. ${remedy}`,
    );
  }
  requireBackend(where);
  const { model, outputMeaning } = value;
  checkValues(where, 'parameters', value.parameters, specsOf(model).parameters);
  checkValues(where, 'state', value.state, specsOf(model).state);
  if (outputMeaning !== undefined) checkOutputMeaning(where, outputMeaning);
}

/**
 * @throws {OptionError} unless it is a callable model or a network, saying what it is instead and what to write
 * @throws {DataError} if a network's values are not those of its model
 * @throws {BackendError} for a network, if no backend is in use
 * @example
 * checkModelOrNetwork('myFunction', value);
 */
export function checkModelOrNetwork(where: string, value: unknown): asserts value is Model | Network {
  if (typeof value === 'function' && isModel(value)) return;
  if (isNetwork(value)) return checkNetwork(where, value);
  if (Array.isArray(value)) {
    throw new OptionError(
      `${where}: got ${describe(value)} as the model. Write sequential([input([28, 28, 1]), ..., dense({ units: 10 })]).`,
    );
  }
  const remedy = adviceFor(where, value) ?? 'Write sequential([...]), or a network that initialize, fit or load gave.';
  throw new OptionError(`${where}: got ${describe(value)}, but a model or a network is needed. ${remedy}`);
}

/**
 * @param name what the error calls it: "parameters['dense/kernel']"
 * @throws {OptionError} unless it is a tensor of float32, which files and all updates need
 * @example
 * checkWeight('myFunction', "parameters['dense/kernel']", network.parameters['dense/kernel']);
 */
export function checkWeight(where: string, name: string, value: unknown): void {
  checkTensor(where, name, value);
  const { dtype } = value;
  if (dtype === 'float32') return;
  throw new OptionError(`${where}: ${name} is of ${dtype}, but must be of float32. Write ops.toFloat(tensor).`);
}

type Specs = Record<'parameters' | 'state', ReturnType<typeof parameterSpecs>>;

const known = new WeakMap<ModelGraph, Specs>();

/** A model's specs, which are computed once: small networks are asked for one answer after another. */
function specsOf(model: ModelGraph): Specs {
  const specs = known.get(model) ?? { parameters: parameterSpecs(model), state: stateSpecs(model) };
  known.set(model, specs);
  return specs;
}

function checkValues(where: string, list: string, values: Values, specs: Specs['parameters']): void {
  for (const name of Object.keys(specs)) {
    if (Object.hasOwn(values, name)) checkWeight(where, `${list}['${name}']`, values[name]);
  }
  checkShapes(`${where}: ${list}`, values, specs);
}

/** What to write instead of some values that are taken for networks. */
function adviceFor(where: string, value: unknown): string | undefined {
  if (value instanceof Promise) return `Write ${where}(await ..., ...).`;
  if (isModel(value)) return `A model has no weights yet. Write ${where}(initialize(model, { seed: 1 }), ...).`;
  if (isRecord(value) && 'network' in value) return `It holds one. Write ${where}(result.network, ...).`;
  if (typeof value === 'string') return `Write ${where}((await load('${shortened(value)}')).network, ...).`;
  if (typeof value === 'function' && 'type' in value) return 'Write sequential([input([28, 28, 1]), layer]).';
  if (isRecord(value) && 'parameters' in value) return 'Write { model, parameters, state }.';
  return undefined;
}

const shortened = (path: string): string => (path.length <= 40 ? path.replaceAll("'", '') : 'runs/a/model');

function isNetwork(value: unknown): value is AnyNetwork {
  return isRecord(value) && isModel(value['model']) && isRecord(value['parameters']) && isRecord(value['state']);
}
