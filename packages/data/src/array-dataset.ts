import { checkOptions, OptionError } from '@striate/core';
import { checkParts } from './check-dataset.ts';
import { checkIndex, type ArrayDataset, type ArrayDatasetOptions, type Sample } from './dataset.ts';

const known = { name: true, pixels: true, labels: true, inputShape: true, classNames: true, picture: true } as const;

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
