import { checkOptions, describe, isRecord, OptionError, type Preprocessing } from '@striate/core';
import { startPictureDecoder, type PictureDecoder, type PictureLimits } from './picture-decoder.ts';
import { readSource, type PictureSource } from './picture-source.ts';
import { prepareDecoded, type PreparedPicture } from './prepare-picture.ts';
import { checkPreprocessing } from './preprocessing.ts';

/** Options of {@link readPicture}. */
export interface ReadPictureOptions extends PictureLimits {
  /** What `startPictureDecoder` gave, for many pictures; it has limits of its own. */
  decoder?: PictureDecoder;
}

const known = { decoder: true, maxPixels: true, maxBytes: true, allowDrawings: true } as const;

/**
 * Reads a picture (PNG, JPEG, WebP, GIF, AVIF; in Node TIFF too; of an animation the first) and brings it to the size,
 * channels and style that a network was trained on, upright. One of more than 4 million pixels is made smaller while it
 * is decoded: its values may differ by rounding from those that the whole would give. In Node the package sharp decodes,
 * in a process of its own; in a page the browser does, and may round otherwise.
 *
 * @param source a path, a URL, the file's bytes, or a `File`
 * @param preprocessing as a trained network carries it
 * @throws {DataError} if it cannot be read, is no picture, or goes beyond a limit
 * @throws {OptionError} for unknown options, what is no source or no record of preprocessing, and in Node without sharp
 * @example
 * const { network, preprocessing } = await load('runs/a/model');
 * const { pixels, steps } = await readPicture('digit.png', preprocessing);
 * const [probabilities] = await predict(network, preprocess(pixels, preprocessing));
 */
export async function readPicture(
  source: PictureSource,
  preprocessing: Preprocessing,
  options: ReadPictureOptions = {},
): Promise<PreparedPicture> {
  checkOptions('readPicture', options, known, 'readPicture(path, preprocessing, { maxPixels: 20_000_000 })');
  checkPreprocessing('readPicture: preprocessing', preprocessing);
  const { decoder, ...limits } = options;
  if (decoder !== undefined) {
    checkDecoder(decoder, limits);
    return prepared(source, preprocessing, decoder);
  }
  const own = startPictureDecoder(limits);
  return prepared(source, preprocessing, own).finally(() => own.close());
}

function checkDecoder(decoder: PictureDecoder, limits: PictureLimits): void {
  if (!isRecord(decoder) || typeof decoder.decode !== 'function')
    throw new OptionError(`readPicture: decoder is ${describe(decoder)}, but must be what startPictureDecoder() gave.`);
  const twice = Object.keys(limits)[0];
  if (twice !== undefined)
    throw new OptionError(
      `readPicture: a decoder has limits of its own. Write startPictureDecoder({ ${twice} }), or leave decoder out.`,
    );
}

async function prepared(
  source: PictureSource,
  preprocessing: Preprocessing,
  decoder: PictureDecoder,
): Promise<PreparedPicture> {
  const { name, bytes } = await readSource(source, decoder.maxBytes);
  return prepareDecoded(await decoder.decode(bytes, { name, size: preprocessing.size }), preprocessing);
}
