import { OptionError, ShapeError } from '@striate/core';
import type { Dataset, PictureStyle } from './dataset.ts';

/** How pixels become a network's input: (pixel * scale - mean[c]) / standardDeviation[c]. Plain JSON, saved with the model. */
export interface Preprocessing {
  /** [H, W] of the images that the network was trained on. */
  readonly size: readonly [number, number];
  /** 1: grey, 3: red, green, blue. */
  readonly channels: number;
  /** Applied first: 1/255 brings pixels to 0 to 1. */
  readonly scale: number;
  /** [channels], after scaling. */
  readonly mean: readonly number[];
  /** [channels], after scaling. */
  readonly standardDeviation: readonly number[];
  /** How the training images look, for pictures from elsewhere. */
  readonly picture?: PictureStyle;
}

const scale = 1 / 255;

/**
 * Preprocessing that only scales: pixel / 255.
 *
 * @example
 * ```ts
 * const { train } = await mnist();
 * plainPreprocessing(train).mean; // [0]
 * ```
 */
export function plainPreprocessing({ inputShape: [height, width, channels], picture }: Dataset): Preprocessing {
  return {
    size: [height, width],
    channels,
    scale,
    mean: Array.from({ length: channels }, () => 0),
    standardDeviation: Array.from({ length: channels }, () => 1),
    ...(picture === undefined ? {} : { picture }),
  };
}

/**
 * Mean and standard deviation of each channel over all pixels of a data set, after scaling by 1/255: with these, the
 * inputs of the network have mean 0 and variance 1. Fit on the training part alone, or the test set leaks into training.
 *
 * A channel without any variation gets standard deviation 1.
 *
 * @throws OptionError if the data set is empty
 * @example
 * ```ts
 * const { train } = await mnist();
 * const preprocessing = await fitPreprocessing(train); // MNIST: mean 0.1307, standardDeviation 0.3081
 * ```
 */
export async function fitPreprocessing(dataset: Dataset): Promise<Preprocessing> {
  const [height, width, channels] = dataset.inputShape;
  if (dataset.length === 0)
    throw new OptionError(`fitPreprocessing: ${dataset.name} has no samples to take a mean of.`);
  const histograms = Array.from({ length: channels }, () => new Float64Array(256));
  if (dataset.pixels !== undefined) count(dataset.pixels, histograms);
  else for (let index = 0; index < dataset.length; index++) count((await dataset.get(index)).pixels, histograms);
  const pixels = dataset.length * height * width;
  const mean = histograms.map(
    (histogram) => histogram.reduce((sum, times, value) => sum + times * value, 0) * (scale / pixels),
  );
  const standardDeviation = histograms.map((histogram, channel) => {
    const squares = histogram.reduce(
      (sum, times, value) => sum + times * (value * scale - (mean[channel] ?? 0)) ** 2,
      0,
    );
    return squares === 0 ? 1 : Math.sqrt(squares / pixels);
  });
  return { ...plainPreprocessing(dataset), mean, standardDeviation };
}

/** Counts how often each pixel value stands in each channel. */
function count(pixels: Uint8Array, histograms: readonly Float64Array[]): void {
  histograms.forEach((histogram, channel) => {
    for (let place = channel; place < pixels.length; place += histograms.length) histogram[pixels[place]!]! += 1;
  });
}

/**
 * Pixels as a network's input: (pixel * scale - mean[c]) / standardDeviation[c] in float32.
 *
 * @param pixels [N * H * W * C] values 0 to 255, of one image or several
 * @param record as `fitPreprocessing` made it, or a saved model carries it
 * @returns as many values as there are pixels
 * @throws ShapeError if the pixels do not make whole images of the record's size
 * @throws OptionError if the record is impossible
 * @example
 * ```ts
 * const { train } = await mnist();
 * const inputs = preprocess((await train.get(0)).pixels, await fitPreprocessing(train));
 * ```
 */
export function preprocess(pixels: Uint8Array, record: Preprocessing): Float32Array {
  const [height, width] = record.size;
  const imageSize = height * width * record.channels;
  if (imageSize === 0 || pixels.length % imageSize !== 0) {
    throw new ShapeError(
      `preprocess: ${pixels.length} pixel values do not make whole images of ${height} x ${width} x ${record.channels} (${imageSize} values each).`,
    );
  }
  const inputs = new Float32Array(pixels.length);
  writeInputs(inputs, 0, pixels, inputTables(record));
  return inputs;
}

/** For each channel, the input that each of the 256 pixel values becomes, [channels * 256]. */
export function inputTables(record: Preprocessing): Float32Array {
  const { channels, mean, standardDeviation } = record;
  if (
    mean.length !== channels ||
    standardDeviation.length !== channels ||
    !standardDeviation.every((deviation) => deviation > 0)
  ) {
    throw new OptionError(
      `preprocessing: ${channels} channels need as many means and standard deviations above 0, ` +
        `but mean is [${mean.join(', ')}] and standardDeviation is [${standardDeviation.join(', ')}].`,
    );
  }
  return Float32Array.from({ length: channels * 256 }, (_, place) => {
    const channel = place >> 8;
    return ((place & 255) * record.scale - (mean[channel] ?? 0)) / (standardDeviation[channel] ?? 1);
  });
}

/** Writes the pixels of whole images as inputs, from `offset` on. */
export function writeInputs(inputs: Float32Array, offset: number, pixels: Uint8Array, tables: Float32Array): void {
  const channels = tables.length / 256;
  for (let channel = 0; channel < channels; channel++) {
    const table = tables.subarray(channel * 256, channel * 256 + 256);
    for (let place = channel; place < pixels.length; place += channels) inputs[offset + place] = table[pixels[place]!]!;
  }
}
