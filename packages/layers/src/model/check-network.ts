import { OptionError, checkShapes, checkTensor, describe, isRecord, type Shapes, type Values } from '@striate/core';
import { isModel } from './check-model.ts';
import type { Network } from './initialize.ts';
import { parameterSpecs, stateSpecs } from './parameter-specs.ts';

/**
 * @throws {OptionError} unless the value is a model with its values, tensors that can be computed with
 * @throws {DataError} if one is missing, of another shape or not the model's
 */
export function checkNetwork(where: string, value: unknown): asserts value is Network {
  if (isRecord(value) && isModel(value['model']) && isRecord(value['parameters']) && isRecord(value['state'])) {
    const { model, parameters, state } = value as unknown as Network;
    checkValues(where, 'parameters', parameters, parameterSpecs(model));
    checkValues(where, 'state', state, stateSpecs(model));
    return;
  }
  const advice = isModel(value) ? ' A model has no values: initialize(model, { seed: 1 }) draws them.' : '';
  throw new OptionError(
    `${where}: got ${isModel(value) ? 'a model' : describe(value)}, but takes a network, such as fit, load or initialize gives.${advice}`,
  );
}

function checkValues(where: string, list: string, values: Values, specs: Shapes): void {
  for (const name of Object.keys(specs)) {
    if (Object.hasOwn(values, name)) checkTensor(where, `${list}['${name}']`, values[name]);
  }
  checkShapes(`${where}: ${list}`, values, specs);
}
