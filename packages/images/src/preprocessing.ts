import { checkForm, checkOptions, OptionError, ShapeError, type Preprocessing } from '@striate/core';
import * as v from 'valibot';
import { checkPixels } from './check-pixels.ts';
import { checkBox, checkPicture, pictureSchema } from './picture-style.ts';

const count = v.custom<number>(
  (value) => Number.isSafeInteger(value) && (value as number) >= 1,
  'a whole number of at least 1',
);
const finite = v.custom<number>(Number.isFinite, 'a finite number');
const aboveZero = v.custom<number>(
  (value) => Number.isFinite(value) && (value as number) > 0,
  'a finite number above 0',
);

const isFloat32 = (value: number): boolean => Number.isFinite(Math.fround(value));

/** The form of a {@link Preprocessing} in a file. */
export const preprocessingSchema: v.GenericSchema<unknown, Preprocessing> = v.pipe(
  v.strictObject({
    size: v.strictTuple([count, count]),
    channels: count,
    scale: aboveZero,
    mean: v.array(finite),
    standardDeviation: v.array(aboveZero),
    picture: v.exactOptional(pictureSchema),
  }),
  v.forward(
    v.check(({ channels, mean }) => mean.length === channels, 'one number for each channel'),
    ['mean'],
  ),
  v.forward(
    v.check(({ channels, standardDeviation }) => standardDeviation.length === channels, 'one number for each channel'),
    ['standardDeviation'],
  ),
  v.forward(
    v.check(
      ({ size, picture }) => picture?.box === undefined || picture.box <= Math.max(...size),
      'a style whose box is at most the longer side of size',
    ),
    ['picture'],
  ),
  v.forward(
    v.check(
      ({ scale: factor, mean, standardDeviation }) =>
        [0, 255].every((pixel) =>
          mean.every((value, channel) => isFloat32((pixel * factor - value) / standardDeviation[channel]!)),
        ),
      'such that the inputs (pixel * scale - mean) / standardDeviation of pixels 0 to 255 stay finite in float32',
    ),
    ['standardDeviation'],
  ),
);

const known = { size: true, channels: true, scale: true, mean: true, standardDeviation: true, picture: true } as const;

/** @throws {OptionError} unless this is a record of preprocessing */
export function checkPreprocessing(where: string, record: Preprocessing): void {
  checkOptions(where, record, known, 'preprocessing: await fitPreprocessing(train)');
  const { picture, ...rest } = record;
  if (picture !== undefined) checkPicture(`${where}: picture`, picture);
  checkForm(where, rest, preprocessingSchema, (message) => new OptionError(message));
  checkBox(`${where}: picture`, picture?.box, record.size);
}

/**
 * Pixels as a network's input: (pixel * scale - mean[c]) / standardDeviation[c] in float32.
 *
 * @param pixels [N * H * W * C] values 0 to 255, of one image or several
 * @param record as a trained network carries it
 * @returns as many values as there are pixels
 * @throws ShapeError if the pixels do not make whole images of the record's size
 * @throws OptionError if the pixels are no bytes, or the record is impossible
 * @example
 * const { network, preprocessing } = await load('runs/a/model');
 * const { pixels } = await readPicture('cat.jpg', preprocessing);
 * const [probabilities] = await predict(network, preprocess(pixels, preprocessing));
 */
export function preprocess(pixels: Uint8Array, record: Preprocessing): Float32Array {
  checkPreprocessing('preprocess: record', record);
  checkPixels('preprocess: pixels is', pixels);
  const [height, width] = record.size;
  const imageSize = height * width * record.channels;
  if (pixels.length % imageSize !== 0) {
    throw new ShapeError(
      `preprocess: ${pixels.length} pixel values do not make whole images of ${height} x ${width} x ${record.channels} (${imageSize} values each).`,
    );
  }
  const inputs = new Float32Array(pixels.length);
  writeInputs(inputs, 0, pixels, inputTables(record));
  return inputs;
}

/** For each channel of a checked record, the input that each of the 256 pixel values becomes, [channels * 256]. */
export function inputTables(record: Preprocessing): Float32Array {
  const { channels, mean, standardDeviation } = record;
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
