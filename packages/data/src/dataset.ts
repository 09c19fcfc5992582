import { DataError, describe, OptionError, type PictureStyle } from '@striate/core';
import { checkPixels } from '@striate/images/internal';

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

/** A data set that lies in memory. */
export interface ArrayDataset extends Dataset {
  readonly pixels: Uint8Array;
  get(index: number): Sample;
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

/** @throws OptionError unless there is a sample of this number */
export function checkIndex(name: string, index: number, length: number): void {
  if (Number.isInteger(index) && index >= 0 && index < length) return;
  throw new OptionError(
    `${name}: sample ${describe(index)} was asked for, but the ${length} samples are numbered from 0 to ${length - 1}.`,
  );
}
