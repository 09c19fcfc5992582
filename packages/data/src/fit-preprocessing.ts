import { OptionError, type Preprocessing } from '@striate/core';
import { checkDataset } from './check-dataset.ts';
import { pixelsOf, type Dataset } from './dataset.ts';

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
export function plainPreprocessing(dataset: Dataset): Preprocessing {
  checkDataset('plainPreprocessing', dataset);
  return plainRecord(dataset);
}

function plainRecord({ inputShape: [height, width, channels], picture }: Dataset): Preprocessing {
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
 * @throws DataError if its parts do not belong together, or a sample is not of its shape
 * @example
 * ```ts
 * const { train } = await mnist();
 * const preprocessing = await fitPreprocessing(train); // MNIST: mean 0.1307, standardDeviation 0.3081
 * ```
 */
export async function fitPreprocessing(dataset: Dataset): Promise<Preprocessing> {
  checkDataset('fitPreprocessing', dataset);
  const [height, width, channels] = dataset.inputShape;
  if (dataset.length === 0)
    throw new OptionError(`fitPreprocessing: ${dataset.name} has no samples to take a mean of.`);
  const histograms = Array.from({ length: channels }, () => new Float64Array(256));
  if (dataset.pixels !== undefined) tally(dataset.pixels, histograms);
  else
    for (let index = 0; index < dataset.length; index++)
      tally(pixelsOf(dataset, index, await dataset.get(index)), histograms);
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
  return { ...plainRecord(dataset), mean, standardDeviation };
}

/** Counts how often each pixel value stands in each channel. */
function tally(pixels: Uint8Array, histograms: readonly Float64Array[]): void {
  histograms.forEach((histogram, channel) => {
    for (let place = channel; place < pixels.length; place += histograms.length) histogram[pixels[place]!]! += 1;
  });
}
