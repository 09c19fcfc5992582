import { arrayKind, describe, OptionError, sha256 } from '@striate/core';
import { arrayDataset } from './array-dataset.ts';
import { checkDataset } from './check-dataset.ts';
import { checkIndex, type Dataset, type Sample } from './dataset.ts';

/**
 * The samples at `indices`, in that order, as a data set. What lies in memory is copied; else samples are read
 * through the original.
 *
 * @throws OptionError if an index is out of range
 * @throws DataError if the parts of the data set do not belong together
 * @example
 * ```ts
 * const { train } = await mnist();
 * const threes = subset(train, [...train.labels.keys()].filter((index) => train.labels[index] === 3));
 * ```
 */
export function subset(dataset: Dataset, indices: Uint32Array | readonly number[]): Dataset {
  checkDataset('subset', dataset);
  const kind = arrayKind(indices);
  if (!Array.isArray(indices) && kind !== 'Uint32Array' && kind !== 'Int32Array') {
    throw new OptionError(
      `subset: indices is ${describe(indices)}, but must be a list of numbers of samples. The first ones are take(dataset, count).`,
    );
  }
  const { name, inputShape, classNames, picture } = dataset;
  indices.forEach((index: number) => checkIndex(name, index, dataset.length));
  const labels = Int32Array.from(indices, (index) => dataset.labels[index] ?? 0);
  if (dataset.pixels !== undefined) {
    const imageSize = inputShape[0] * inputShape[1] * inputShape[2];
    const pixels = new Uint8Array(indices.length * imageSize);
    let offset = 0;
    for (const index of indices) {
      pixels.set(dataset.pixels.subarray(index * imageSize, (index + 1) * imageSize), offset);
      offset += imageSize;
    }
    return arrayDataset({
      name,
      pixels,
      labels,
      inputShape,
      classNames,
      ...(picture === undefined ? {} : { picture }),
    });
  }
  const places = Uint32Array.from(indices);
  return {
    ...dataset,
    ...(dataset.digest && {
      digest: async () => sha256(new TextEncoder().encode(`${await dataset.digest!()} ${places.join()}`)),
    }),
    length: places.length,
    labels,
    get(index): Sample | Promise<Sample> {
      checkIndex(name, index, places.length);
      return dataset.get(places[index] ?? 0);
    },
  };
}

/**
 * The first `count` samples, or all if there are fewer.
 *
 * @throws OptionError if `count` is not a whole number >= 0
 * @example
 * ```ts
 * const { train } = await mnist();
 * const small = take(train, 1000);
 * ```
 */
export function take(dataset: Dataset, count: number): Dataset {
  if (!Number.isInteger(count) || count < 0) {
    throw new OptionError(`take: count is ${describe(count)}, but must be a whole number >= 0.`);
  }
  checkDataset('take', dataset);
  return subset(
    dataset,
    Uint32Array.from({ length: Math.min(count, dataset.length) }, (_, index) => index),
  );
}
