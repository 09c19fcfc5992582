import { arrayKind, DataError, describe, isRecord, OptionError } from '@striate/core';
import { checkBox, checkPicture, checkPixels } from '@striate/images/internal';
import type { ArrayDatasetOptions, Dataset } from './dataset.ts';

/**
 * Checks that the parts of a data set belong together: a label for each sample, a class name for each label, pixels of
 * whole images. Reads no sample; takes a fraction of a millisecond for MNIST.
 *
 * @param where the function that was given it: 'batches'
 * @throws {OptionError} for what is no data set at all, and for pixels that are no bytes
 * @throws {DataError} naming the parts that do not fit
 */
export function checkDataset(where: string, dataset: Dataset): void {
  const given: unknown = dataset;
  if (!isRecord(given) || typeof given['get'] !== 'function') {
    throw new OptionError(`${where}: the data set is ${describe(given)}, but must be a Dataset. ${advice(given)}`);
  }
  const { name, length, inputShape, classNames, labels, pixels, picture, digest } = dataset;
  if (digest !== undefined && typeof digest !== 'function')
    throw new OptionError(`${where}: digest of ${name} is ${describe(digest)}, but must be a function.`);
  checkParts(where, {
    name,
    inputShape,
    classNames,
    labels,
    ...(pixels !== undefined && { pixels }),
    ...(picture !== undefined && { picture }),
  });
  if (!Number.isSafeInteger(length) || length < 0) {
    throw new DataError(`${where}: ${name} has the length ${describe(length)}, but it must be a whole number.`);
  }
  if (labels.length !== length) {
    throw new DataError(
      `${where}: ${name} has ${length} samples, but ${labels.length} labels. Every sample needs one; ` +
        'some samples of a data set are subset(dataset, indices) or take(dataset, count).',
    );
  }
}

/** The same for the parts, whose number of samples is that of the labels. */
export function checkParts(
  where: string,
  {
    name,
    inputShape,
    classNames,
    labels,
    pixels,
    picture,
  }: Omit<ArrayDatasetOptions, 'pixels'> & { pixels?: Uint8Array },
): void {
  if (picture !== undefined) checkPicture(`${where}: picture`, picture);
  if (typeof name !== 'string') throw new OptionError(`${where}: name is ${describe(name)}, but must be a text.`);
  if (
    !Array.isArray(inputShape) ||
    inputShape.length !== 3 ||
    !inputShape.every((size) => Number.isSafeInteger(size) && size >= 1)
  ) {
    throw new OptionError(
      `${where}: the inputShape of ${name} is ${describe(inputShape)}, but must be [height, width, channels], whole numbers of at least 1.`,
    );
  }
  checkBox(`${where}: picture`, picture?.box, [inputShape[0], inputShape[1]]);
  if (!Array.isArray(classNames) || !classNames.every((className) => typeof className === 'string')) {
    throw new OptionError(
      `${where}: the classNames of ${name} are ${describe(classNames)}, but must be a list of texts: ['cat', 'dog'].`,
    );
  }
  if (!isListOfNumbers(labels)) {
    throw new OptionError(
      `${where}: the labels of ${name} are ${describe(labels)}, but must be a list or a typed array of class numbers.`,
    );
  }
  const count = labels.length;
  if (pixels !== undefined) {
    checkPixels(`${where}: the pixels of ${name} are`, pixels);
    const imageSize = inputShape[0] * inputShape[1] * inputShape[2];
    if (pixels.length !== count * imageSize) {
      throw new DataError(
        `${where}: ${name} has ${count} labels, but ${pixels.length} pixel values, which make ${pixels.length / imageSize} images of ` +
          `${inputShape.join(' x ')}. Every image needs one label.`,
      );
    }
  }
  checkLabels(`${where}: ${name}`, labels, classNames);
}

/** Refuses labels that are no index into `classNames`; `where` is what the error calls them. */
export function checkLabels(where: string, labels: ArrayDatasetOptions['labels'], { length }: readonly string[]): void {
  for (let index = 0; index < labels.length; index++) {
    const label = labels[index]!;
    if (Number.isInteger(label) && label >= 0 && label < length) continue;
    const advice =
      typeof label === 'string' ? ' Of a text, it is the place in classNames: classNames.indexOf(label).' : '';
    throw new DataError(
      `${where}: label ${index} is ${describe(label)}, but there are ${length} classes, so labels are whole numbers from 0 to ${length - 1}.${advice}`,
    );
  }
}

/** Whether this is a list or a typed array of numbers. */
function isListOfNumbers(value: unknown): boolean {
  const kind = arrayKind(value);
  return Array.isArray(value) || (kind !== undefined && !kind.startsWith('Big'));
}

function advice(given: unknown): string {
  if (isRecord(given) && 'batchesPerEpoch' in given) return 'These are batches already.';
  if (isRecord(given) && 'train' in given) return 'Give one of its parts: .train or .test.';
  if (given instanceof Promise) return 'Write await before it.';
  return 'arrayDataset makes one of pixels and labels.';
}
