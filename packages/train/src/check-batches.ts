import { OptionError, describe, isRecord } from '@striate/core';
import type { Batches } from '@striate/data';

/**
 * Checks that a value is a data set in batches.
 *
 * @param where function and option, 'fit: data'
 * @throws {OptionError} saying what it is instead, and what to write
 */
export function checkBatches(where: string, value: unknown): asserts value is Batches {
  const isWhole =
    isRecord(value) && typeof value['epoch'] === 'function' && Number.isSafeInteger(value['batchesPerEpoch']);
  if (!isWhole) {
    const isDataset = isRecord(value) && 'labels' in value && 'inputShape' in value;
    const found = isDataset ? 'a data set' : describe(value);
    const advice = isDataset ? '' : ' of a data set: arrayDataset({ name, pixels, labels, inputShape, classNames })';
    throw new OptionError(
      `${where} is ${found}, but must be batches${advice}. Write batches(dataset, { size: 64, seed: 1 }).`,
    );
  }
  if ((value['batchesPerEpoch'] as number) < 1) throw new OptionError(`${where} has no batches.`);
}
