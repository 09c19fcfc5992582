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
import { parameterSpecs, stateSpecs, type Model, type ModelGraph, type Network } from '@striate/layers';

/** A network whose model need not be callable. */
export type AnyNetwork = Omit<Network, 'model'> & { model: ModelGraph };

/**
 * Checks that a value is a network that can be computed with on the backend in use.
 *
 * @throws {OptionError} saying what it is instead and what to write, or which tensor is missing or disposed
 * @throws {DataError} if a tensor is not of the shape that the model wants
 * @throws {BackendError} if no backend is in use
 */
export function checkNetwork(where: string, value: unknown): asserts value is AnyNetwork {
  if (!isNetwork(value)) throw new OptionError(`${where}: ${notANetwork(where, value)}`);
  requireBackend(where);
  const { model, outputMeaning } = value;
  checkValues(where, 'parameters', value.parameters, specsOf(model).parameters);
  checkValues(where, 'state', value.state, specsOf(model).state);
  if (outputMeaning !== undefined) checkOutputMeaning(where, outputMeaning);
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

/** @throws {OptionError} unless it is a tensor of float32, which files and all updates need */
export function checkWeight(where: string, name: string, value: unknown): void {
  checkTensor(where, name, value);
  const { dtype } = value;
  if (dtype === 'float32') return;
  throw new OptionError(`${where}: ${name} is of ${dtype}, but must be of float32. Write ops.toFloat(tensor).`);
}

/** @throws {OptionError} unless it is a model, saying what it is instead and what to write */
export function checkModel(where: string, value: unknown): asserts value is ModelGraph {
  if (isModel(value)) return;
  const remedy = isNetwork(value)
    ? 'Write network.model.'
    : where === 'readCheckpoint'
      ? 'Write readCheckpoint(folder, model), the model being that of the training.'
      : 'Write sequential([input([28, 28, 1]), ...]).';
  throw new OptionError(`${where}: got ${describe(value)}, but a model is needed. ${remedy}`);
}

/** @throws {OptionError} unless it is a model or a network, saying what it is instead and what to write */
export function checkStart(where: string, value: unknown): asserts value is Model | Network {
  if (typeof value === 'function' && isModel(value)) return;
  if (isNetwork(value)) return checkNetwork(where, value);
  if (Array.isArray(value)) {
    throw new OptionError(
      `${where}: got ${describe(value)} as the model. Write sequential([input([28, 28, 1]), ..., dense({ units: 10 })]).`,
    );
  }
  const remedy = advice(where, value) ?? 'Write sequential([...]), or a network that initialize, fit or load gave.';
  throw new OptionError(`${where}: got ${describe(value)}, but a model or a network is needed. ${remedy}`);
}

function notANetwork(where: string, value: unknown): string {
  const remedy = advice(where, value) ?? 'Networks are what initialize, fit and load give.';
  return `got ${describe(value)}, but a network is needed. ${remedy}`;
}

/** What to write instead of some values that are taken for networks. */
function advice(where: string, value: unknown): string | undefined {
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

function isModel(value: unknown): value is ModelGraph {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  return ['nodes', 'inputs', 'outputs', 'steps', 'inputShapes', 'outputShapes'].every((name) =>
    Array.isArray((value as Readonly<Record<string, unknown>>)[name]),
  );
}
