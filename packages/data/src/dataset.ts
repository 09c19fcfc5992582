import { arrayKind, checkOptions, DataError, describe, OptionError, sha256, type PictureStyle } from '@striate/core';
import { checkPixels } from '@striate/images/internal';
import { checkDataset, checkParts } from './check-dataset.ts';

/** One image and its class. */
export interface Sample {
  /** [H * W * C] values 0 to 255, row by row, channels last. */
  readonly pixels: Uint8Array;
  /** Index into `classNames`. */
  readonly label: number;
}

/** Labelled images: a length and a way to get each, plus what is known without reading any. */
export interface Dataset {
  /** Such as 'mnist'; errors and saved models call it so. */
  readonly name: string;
  /** Number of samples. */
  readonly length: number;
  /** [H, W, C] of every image. */
  readonly inputShape: readonly [number, number, number];
  readonly classNames: readonly string[];
  /** [length] class of every sample. */
  readonly labels: Int32Array;
  /** All images one after another, [length, H, W, C], where they lie in memory: batches then copy without `get`. */
  readonly pixels?: Uint8Array;
  readonly picture?: PictureStyle;
  /** Sample `index`, 0 to length - 1. */
  get(index: number): Sample | Promise<Sample>;
  /**
   * Where the images do not lie in memory: a text that is another one if any of them is, such as a hash of the files'
   * names, sizes and hashes. Checkpoints keep it, so that a resume on other images is refused.
   */
  digest?(): string | Promise<string>;
}

/** What `arrayDataset` needs. */
export interface ArrayDatasetOptions {
  readonly name: string;
  /** [N, H, W, C] values 0 to 255. Kept, not copied. */
  readonly pixels: Uint8Array;
  /** [N] class indices. */
  readonly labels: Uint8Array | Int32Array | readonly number[];
  /** [H, W, C] */
  readonly inputShape: readonly [number, number, number];
  readonly classNames: readonly string[];
  readonly picture?: PictureStyle;
}

const known = { name: true, pixels: true, labels: true, inputShape: true, classNames: true, picture: true } as const;

/** A data set that lies in memory. */
export interface ArrayDataset extends Dataset {
  readonly pixels: Uint8Array;
  get(index: number): Sample;
}

/**
 * A data set of images that lie in memory as one array.
 *
 * @throws DataError if images and labels differ in number, or a label is no index into `classNames`
 * @throws OptionError if an option is unknown or of another kind; from `get` if the index is out of range
 * @example
 * ```ts
 * const dots = arrayDataset({
 *   name: 'dots', pixels: new Uint8Array([0, 255, 255, 0]), labels: [0, 1], inputShape: [1, 2, 1], classNames: ['right', 'left'],
 * });
 * dots.get(1); // { pixels: Uint8Array [255, 0], label: 1 }
 * ```
 */
export function arrayDataset(options: ArrayDatasetOptions): ArrayDataset {
  checkOptions('arrayDataset', options, known);
  const { name, pixels, labels, inputShape, classNames, picture } = options;
  // A data set without `pixels` is one that is read bit by bit; here it is one that lacks them.
  if (pixels === undefined)
    throw new OptionError(`arrayDataset: ${String(name)} has no pixels. Give a Uint8Array of all images.`);
  checkParts('arrayDataset', options);
  const imageSize = inputShape[0] * inputShape[1] * inputShape[2];
  const length = labels.length;
  const classes = Int32Array.from(labels);
  return {
    name,
    length,
    inputShape,
    classNames,
    labels: classes,
    pixels,
    ...(picture === undefined ? {} : { picture }),
    get(index): Sample {
      checkIndex(name, index, length);
      return { pixels: pixels.subarray(index * imageSize, (index + 1) * imageSize), label: classes[index] ?? 0 };
    },
  };
}

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

/**
 * The pixels of a sample that has been read.
 *
 * @throws DataError if they are no image of the data set's shape, or the label is not that of the list
 * @throws OptionError if they are no bytes
 */
export function pixelsOf({ name, inputShape, labels }: Dataset, index: number, { pixels, label }: Sample): Uint8Array {
  checkPixels(`${name}: the pixels of sample ${index} are`, pixels);
  const imageSize = inputShape[0] * inputShape[1] * inputShape[2];
  if (pixels.length !== imageSize) {
    throw new DataError(
      `${name}: sample ${index} has ${pixels.length} pixel values, but ${inputShape.join(' x ')} needs ${imageSize}.`,
    );
  }
  if (label !== labels[index]) {
    throw new DataError(
      `${name}: get(${index}) gives the label ${describe(label)}, but labels[${index}] is ${labels[index]}. Both must say the same.`,
    );
  }
  return pixels;
}

function checkIndex(name: string, index: number, length: number): void {
  if (Number.isInteger(index) && index >= 0 && index < length) return;
  throw new OptionError(
    `${name}: sample ${describe(index)} was asked for, but the ${length} samples are numbered from 0 to ${length - 1}.`,
  );
}
