import { DataError } from '@striate/core';
import { checkClassTargets } from '../losses/class-targets.ts';
import type { HostTargets } from '../losses/loss.ts';

/**
 * Checks targets of classes, of which the largest entry is the label where each class has one.
 *
 * @throws {OptionError} if the model does not give one number for each of several classes
 * @throws {DataError} naming the sample whose label is out of range, or has no largest entry
 */
export function checkLargest(where: string, batch: HostTargets): void {
  checkClassTargets(where, batch);
  const { targets, targetShape, ids } = batch;
  const classes = targetShape[1];
  if (classes === undefined) return;
  for (let start = 0; start < targets.length; start += classes) {
    let isEven = true;
    for (let k = 0; k < classes; k++) {
      const share = targets[start + k]!;
      isEven &&= share === targets[start];
      if (Number.isFinite(share)) continue;
      throw new DataError(`${where}: the label of sample ${ids[start / classes]} gives class ${k} the share ${share}.`);
    }
    if (isEven)
      throw new DataError(
        `${where}: the label of sample ${ids[start / classes]} has no largest entry, since all are ${targets[start]}.`,
      );
  }
}
