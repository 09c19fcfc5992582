import { arrayKind, clipped, DataError, describe, isRecord, suggestion } from '@striate/core';
import type { Batch } from './batches.ts';

const known: { readonly [Name in keyof Required<Batch>]: true } = {
  inputs: true,
  inputShape: true,
  targets: true,
  targetShape: true,
  weights: true,
  ids: true,
  moreInputs: true,
  moreTargets: true,
};
/** All names that a batch may have. */
export const batchNames: readonly string[] = Object.keys(known);
/** All names that one of its further arrays may have. */
const arrayNames = ['values', 'shape'];

/**
 * Checks that the parts of a batch belong together: kinds of arrays, a whole sample in each for each id, and nothing that
 * nobody reads. Looks at no number, so that it costs a step nothing.
 *
 * @param where the function that was given it: 'fit'
 * @throws {DataError} naming the part that does not fit
 */
export function checkBatch(where: string, batch: Batch): void {
  const given: unknown = batch;
  if (!isRecord(given)) throw new DataError(`${where}: a batch is ${describe(given)}, but must be a record.`);
  checkNames(`${where}: a batch`, given, batchNames);
  const { inputs, inputShape, targets, targetShape, weights, ids, moreInputs = {}, moreTargets = {} } = batch;
  if (!Array.isArray(ids) && arrayKind(ids) === undefined)
    throw new DataError(
      `${where}: ids of a batch is ${describe(ids)}, but must be a Uint32Array, one for each sample.`,
    );
  const count = ids.length;
  checkPart(where, count, 'inputs', inputs, inputShape, numberKinds);
  checkPart(where, count, 'targets', targets, targetShape, numberKinds);
  if (weights !== undefined)
    checkPart(where, count, 'weights', weights, [(weights as ArrayLike<number> | null)?.length ?? 0], numberKinds);
  for (const [group, arrays] of Object.entries({ moreInputs, moreTargets })) {
    if (!isRecord(arrays))
      throw new DataError(`${where}: ${group} of a batch is ${describe(arrays)}, but must be a record.`);
    for (const [name, array] of Object.entries(arrays)) {
      const what = `${group}.${clipped(name)}`;
      if (!isRecord(array))
        throw new DataError(`${where}: ${what} of a batch is ${describe(array)}, but must be { values, shape }.`);
      checkNames(`${where}: ${what} of a batch`, array, arrayNames);
      checkPart(where, count, what, array.values, array.shape, numberKinds);
    }
  }
}

function checkNames(what: string, record: object, names: readonly string[]): void {
  const unknown = Object.keys(record).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const meant = /weight/i.test(unknown) ? 'weights' : unknown; // as in Keras: sample_weight
  throw new DataError(`${what} has '${clipped(unknown)}', which nobody reads. ${suggestion(meant, names)}`);
}

const numberKinds = ['Float32Array', 'Int32Array'];

function checkPart(
  where: string,
  count: number,
  what: string,
  values: ArrayLike<number>,
  shape: readonly number[],
  kinds: readonly string[],
): void {
  const kind = arrayKind(values);
  if (kind === undefined || !kinds.includes(kind)) {
    throw new DataError(`${where}: ${what} of a batch is ${describe(values)}, but must be a ${kinds.join(' or an ')}.`);
  }
  if (!Array.isArray(shape) || shape[0] !== count) {
    throw new DataError(
      `${where}: a batch has ${count} ids, but ${what} is of the shape ${describe(shape)}: the first axis must be the samples, one for each id.`,
    );
  }
  const wanted = shape.reduce((product: number, size: number) => product * size, 1);
  if (values.length !== wanted) {
    throw new DataError(
      `${where}: ${what} of a batch has ${values.length} values, but the shape ${describe(shape)} needs ${wanted}.`,
    );
  }
}
