import { dispose, tensor } from '@striate/core';
import type { Batch } from '@striate/data';
import type { DeviceBatch } from './train-step.ts';

/**
 * A host batch as tensors, which belong to the caller: targets are int32 if they are class numbers, else float32.
 *
 * @example
 * for await (const batch of data.epoch(0)) disposeBatch(toDevice(batch));
 */
export function toDevice({ inputs, inputShape, targets, targetShape, weights }: Batch): DeviceBatch {
  return {
    inputs: tensor(inputs, [...inputShape], 'float32'),
    targets: tensor(targets, [...targetShape], targets instanceof Int32Array ? 'int32' : 'float32'),
    weights: weights && tensor(weights, [weights.length], 'float32'),
  };
}

/**
 * Gives back the memory of a batch.
 *
 * @example
 * disposeBatch(toDevice(batch));
 */
export function disposeBatch({ inputs, targets, weights }: DeviceBatch): void {
  dispose(inputs, targets, weights);
}
