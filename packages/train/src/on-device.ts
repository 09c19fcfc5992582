import type { Batch } from '@striate/data';
import type { ModelGraph } from '@striate/layers';
import { checkInputs } from './check-inputs.ts';
import { disposeBatch, toDevice, type DeviceBatch } from './device-batch.ts';
import { checkTargets, type Task } from './tasks.ts';

/**
 * Computes with a batch on the device, which is given back in the end.
 *
 * @throws {DataError} if the batch does not fit the model and what it is trained or measured by
 */
export function onDevice<Result>(
  where: string,
  { model, tasks }: { model: ModelGraph; tasks: readonly Task[] },
  batch: Batch,
  compute: (batch: DeviceBatch) => Result,
): Result {
  checkInputs(where, model, batch);
  checkTargets(where, model, tasks, batch);
  const device = toDevice(batch);
  try {
    return compute(device);
  } finally {
    disposeBatch(device);
  }
}
