import {
  DataError,
  OptionError,
  clipped,
  describe,
  dispose,
  isRecord,
  isTensor,
  requireBackend,
  sizeOf,
  suggestion,
  tensor,
  tidy,
  type Tensor,
  type Values,
} from '@striate/core';
import { batchNames, type Batch } from '@striate/data';
import { asFloat32Array, asInt32Array } from '@striate/inference/internal';

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
 * @throws {OptionError} for anything but a batch
 * @throws {DataError} naming the array that is no Float32Array or Int32Array, or does not fit its shape
 * @throws {BackendError} if no backend is in use
 * @example
 * for await (const batch of data.epoch(0)) disposeBatch(toDevice(batch));
 */
export function toDevice(batch: Batch): DeviceBatch {
  requireBackend('toDevice');
  if (!isRecord(batch)) {
    throw new OptionError(
      `toDevice: got ${describe(batch)}, but a batch is needed. Write for await (const batch of data.epoch(0)) toDevice(batch).`,
    );
  }
  const unknown = Object.keys(batch).find((name) => !batchNames.includes(name));
  if (unknown !== undefined)
    throw new DataError(
      `toDevice: the batch has '${clipped(unknown)}', which nobody reads. ${suggestion(unknown, batchNames)}`,
    );
  const { inputs, inputShape, targets, targetShape, weights, moreInputs, moreTargets } = batch;
  // Arrays that come after one that does not fit are not there yet: what was made is given back.
  return tidy(() => ({
    inputs: asFloats('inputs', inputs, inputShape),
    targets: asGiven('targets', targets, targetShape),
    weights:
      weights === undefined
        ? weights
        : asFloats('weights', weights, [(weights as Batch['weights'] | null)?.length ?? 0]),
    moreInputs: moreInputs === undefined ? moreInputs : each('moreInputs', moreInputs, asFloats),
    moreTargets: moreTargets === undefined ? moreTargets : each('moreTargets', moreTargets, asGiven),
  })) as DeviceBatch;
}

/** float32, whatever the array is: the engine would read the bits of integers as those of floats. */
function asFloats(name: string, values: unknown, shape: unknown): Tensor {
  const array = checkArray(name, values, shape);
  return tensor(array instanceof Int32Array ? Float32Array.from(array) : array, [...(shape as number[])], 'float32');
}

function asGiven(name: string, values: unknown, shape: unknown): Tensor {
  const array = checkArray(name, values, shape);
  return tensor(array, [...(shape as number[])], array instanceof Int32Array ? 'int32' : 'float32');
}

function checkArray(name: string, values: unknown, shape: unknown): Float32Array | Int32Array {
  const array = asInt32Array(values) ?? asFloat32Array(values);
  if (!array) {
    throw new DataError(
      `toDevice: ${name} of the batch is ${describe(values)}, but must be a Float32Array, or an Int32Array for class numbers.`,
    );
  }
  const isShape = Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (isShape && sizeOf(shape as number[]) === array.length) return array;
  throw new DataError(
    `toDevice: ${name} of the batch has ${array.length} values, which do not make the shape ${describe(shape)}.`,
  );
}

function each(
  list: string,
  arrays: unknown,
  toTensor: (name: string, values: unknown, shape: unknown) => Tensor,
): Values {
  if (!isRecord(arrays)) {
    throw new DataError(
      `toDevice: ${list} of the batch is ${describe(arrays)}, but must be a record of arrays by name.`,
    );
  }
  return Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => {
      const { values, shape } = isRecord(array) ? array : {};
      return [name, toTensor(`${list}['${name}']`, values, shape)];
    }),
  );
}

/**
 * Gives back the memory of a batch.
 *
 * @throws {OptionError} for anything but a batch on the device
 * @example
 * disposeBatch(toDevice(batch));
 */
export function disposeBatch(batch: DeviceBatch): void {
  checkDeviceBatch('disposeBatch', batch);
  const { inputs, targets, weights, moreInputs, moreTargets } = batch;
  dispose(inputs, targets, weights, moreInputs, moreTargets);
}

/** @throws {OptionError} unless it is what `toDevice` gives */
export function checkDeviceBatch(where: string, batch: unknown): asserts batch is DeviceBatch {
  if (isRecord(batch) && isTensor(batch['inputs']) && isTensor(batch['targets'])) return;
  throw new OptionError(
    `${where}: got ${describe(batch)}, but a batch on the device is needed. Write ${where}(toDevice(batch)).`,
  );
}
