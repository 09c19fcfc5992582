import { OptionError, describe, isRecord } from '@striate/core';
import { checkWeight } from '@striate/layers';
import type { TrainingState } from './training-state.ts';

/**
 * Checks that a value is a training state whose tensors can be read.
 *
 * @param where function and argument, 'fit: resume'
 * @throws {OptionError} saying what it is instead and what to write, or which tensor is lost
 */
export function checkTrainingState(where: string, value: unknown): asserts value is TrainingState {
  if (!isState(value)) {
    const advice = holdsOne(value)
      ? 'It holds one: write checkpoint.state, or result.state.'
      : "Write (await readCheckpoint('runs/a/checkpoint-000938', model)).state, or take the state that fit gave.";
    throw new OptionError(`${where} is ${describe(value)}, but must be a training state. ${advice}`);
  }
  for (const [part, values] of Object.entries({ ...value.optimizer, parameters: value.parameters, state: value.state }))
    for (const [name, tensor] of Object.entries(values)) checkWeight(where, `${part}['${name}']`, tensor);
}

function isState(value: unknown): value is TrainingState {
  if (!isRecord(value)) return false;
  const records = ['parameters', 'state', 'optimizer', 'sums', 'data'];
  const counts = ['step', 'epoch', 'batch', 'seed'];
  return (
    records.every((part) => isRecord(value[part])) &&
    Object.values(value['optimizer'] as object).every(isRecord) &&
    counts.every((part) => Number.isSafeInteger(value[part])) &&
    Array.isArray(value['history'])
  );
}

function holdsOne(value: unknown): boolean {
  return isRecord(value) && isRecord(value['state']) && 'parameters' in value['state'];
}
