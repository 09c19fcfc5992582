import { DataError, type Tensor } from '@striate/core';
import { checkBatch, type Batch } from '@striate/data';
import type { ModelGraph } from '@striate/layers';
import type { DeviceBatch } from './device-batch.ts';

/**
 * A batch's tensors in the order of the model's inputs: those that are named in `moreInputs`, and `inputs` for the one
 * that is not.
 */
export function inputsOf({ nodes, inputs }: ModelGraph, batch: Pick<DeviceBatch, 'inputs' | 'moreInputs'>): Tensor[] {
  return inputs.map(({ node }) => batch.moreInputs?.[nodes[node]!.name] ?? batch.inputs);
}

/** @throws {DataError} unless the batch's parts belong together, and are exactly what the model's inputs take */
export function checkInputs(where: string, { nodes, inputs }: ModelGraph, batch: Batch): void {
  checkBatch(where, batch);
  const { moreInputs = {} } = batch;
  const names = inputs.map(({ node }) => nodes[node]!.name);
  const unnamed = names.filter((name) => !Object.hasOwn(moreInputs, name));
  const unknown = Object.keys(moreInputs).find((name) => !names.includes(name));
  if (unnamed.length === 1 && unknown === undefined) return;
  throw new DataError(
    `${where}: the model has the inputs ${names.join(', ')}, but moreInputs of the batch has ${Object.keys(moreInputs).join(', ') || 'none'}. ` +
      'It must have all but one, by their names; `inputs` goes to that one.',
  );
}
