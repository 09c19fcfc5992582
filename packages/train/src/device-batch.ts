import { dispose, tensor, type Tensor, type Values } from '@striate/core';
import type { Batch, BatchArray } from '@striate/data';

/** A batch on the device. */
export interface DeviceBatch {
  /** [N, ...] */
  inputs: Tensor;
  /** int32 [N], or float32 [N, ...] */
  targets: Tensor;
  /** float32 [N] */
  weights?: Tensor | undefined;
  /** The model's other inputs, by name. */
  moreInputs?: Values | undefined;
  /** Targets of single outputs, by name. */
  moreTargets?: Values | undefined;
}

/**
 * A host batch as tensors, which belong to the caller: targets are int32 if they are class numbers, else float32.
 *
 * @example
 * for await (const batch of data.epoch(0)) disposeBatch(toDevice(batch));
 */
export function toDevice(batch: Batch): DeviceBatch {
  const { inputs, inputShape, targets, targetShape, weights, moreInputs, moreTargets } = batch;
  return {
    inputs: tensor(inputs, [...inputShape], 'float32'),
    targets: toTensor({ values: targets, shape: targetShape }),
    weights: weights && tensor(weights, [weights.length], 'float32'),
    moreInputs: moreInputs && toTensors(moreInputs),
    moreTargets: moreTargets && toTensors(moreTargets),
  };
}

function toTensor({ values, shape }: BatchArray): Tensor {
  return tensor(values, [...shape], values instanceof Int32Array ? 'int32' : 'float32');
}

function toTensors(arrays: Readonly<Record<string, BatchArray>>): Values {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, toTensor(array)]));
}

/**
 * Gives back the memory of a batch.
 *
 * @example
 * disposeBatch(toDevice(batch));
 */
export function disposeBatch({ inputs, targets, weights, moreInputs, moreTargets }: DeviceBatch): void {
  dispose(inputs, targets, weights, moreInputs, moreTargets);
}
