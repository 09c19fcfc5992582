import { checkCounts, describe, isRecord, OptionError, ShapeError, type Preprocessing } from '@striate/core';
import platform from '#platform';
import { centerByMass } from './center-by-mass.ts';
import { checkPixels } from './check-pixels.ts';
import { contrast, hasLightBorder, inverted, isColoured, luma, stretched } from './grey-picture.ts';
import { onWhite } from './on-white.ts';
import type { DecodedPicture } from './picture-decoder.ts';
import type { GreyPicture, Picture } from './picture.ts';
import { checkPreprocessing } from './preprocessing.ts';

/** A picture in the form that a network was trained on, and what had to be done to it. */
export interface PreparedPicture {
  /** [H * W * C] values 0 to 255. */
  pixels: Uint8Array;
  /** In words, 'made grey', in the order in which it was done. */
  steps: string[];
  /** Why what the network says of it means little. */
  warning?: string;
}

/** Values that differ by less cannot be told from noise and from JPEG's rounding. */
const leastContrast = 16;

/** In a photograph, what is darker than a fifth of white is background. */
const faint = 52;

/**
 * Brings a picture in memory, such as a canvas' or a camera's, to the size, channels and style that a network was trained
 * on. For colours, it is resized so that it covers the size, and what is too much on both sides cut off; a grey one is
 * inverted where its border shows that light and dark are the other way round, and centred by its mass or else stretched,
 * as `preprocessing.picture` says. In Node resizing needs the package sharp.
 *
 * @param picture the sides and [height * width * channels] values 0 to 255
 * @throws {ShapeError} if it has not as many values as it says
 * @throws {OptionError} for what is no picture or no record of preprocessing
 * @example
 * const { width, height, data } = canvas.getImageData(0, 0, 320, 240);
 * const { pixels } = await preparePicture({ width, height, pixels: data }, preprocessing);
 */
export async function preparePicture(picture: Picture, preprocessing: Preprocessing): Promise<PreparedPicture> {
  checkPreprocessing('preparePicture: preprocessing', preprocessing);
  return prepareDecoded(decodedOf(picture), preprocessing);
}

/** The same for what a decoder gave. */
export async function prepareDecoded(source: DecodedPicture, preprocessing: Preprocessing): Promise<PreparedPicture> {
  const steps: string[] = [];
  if (source.isTurned) steps.push('turned upright');
  if (source.isTransparent) steps.push('laid on white where it is transparent');
  const prepare = preprocessing.channels === 1 ? greyPixels : colourPixels;
  const { pixels, isBlank } = await prepare(source, preprocessing, steps);
  const warning = 'the picture is blank: there is nothing in it to classify';
  return { pixels, steps, ...(isBlank && { warning }) };
}

/** A picture in memory as a decoder would have given it. */
function decodedOf(picture: Picture): DecodedPicture {
  const given: unknown = picture;
  if (!isRecord(given)) {
    throw new OptionError(
      `preparePicture: the picture is ${describe(given)}, but must be a record. Write preparePicture({ width, height, pixels }, preprocessing).`,
    );
  }
  const { width, height, pixels } = picture;
  checkCounts('preparePicture: picture', { width, height });
  checkPixels('preparePicture: the pixels are', pixels as Uint8Array);
  const channels = pixels.length / (width * height);
  if (channels !== 1 && channels !== 2 && channels !== 3 && channels !== 4) {
    throw new ShapeError(
      `preparePicture: ${pixels.length} values do not make a picture of ${width} x ${height} with 1 to 4 channels.`,
    );
  }
  const found = { width, height, full: { width, height }, isTurned: false };
  const hasOpacity = channels === 2 || channels === 4;
  if (!hasOpacity) return { ...found, channels, pixels: Uint8Array.from(pixels), isTransparent: false };
  return { ...found, channels: channels === 2 ? 1 : 3, ...onWhite(pixels, channels) };
}

interface Prepared {
  pixels: Uint8Array;
  isBlank: boolean;
}

async function colourPixels(
  source: DecodedPicture,
  { size: [height, width] }: Preprocessing,
  steps: string[],
): Promise<Prepared> {
  const isBlank = contrast(source.pixels) < leastContrast;
  if (source.channels === 3 && source.width === width && source.height === height) {
    return { pixels: new Uint8Array(source.pixels), isBlank };
  }
  if (source.width !== width || source.height !== height) steps.push(resizing(source.full, width, height));
  const { pixels } = await platform.resize(source, { width, height, fit: 'cover', toColour: true });
  return { pixels, isBlank };
}

async function greyPixels(source: DecodedPicture, preprocessing: Preprocessing, steps: string[]): Promise<Prepared> {
  const { size, picture } = preprocessing;
  const [height, width] = size;
  if (isColoured(source, leastContrast / 2)) steps.push('made grey');
  let grey: GreyPicture = { width: source.width, height: source.height, pixels: luma(source) };
  const isBlank = contrast(grey.pixels) < leastContrast;
  if (picture && hasLightBorder(grey) === (picture.background === 'dark')) {
    grey = inverted(grey);
    steps.push(`inverted (the network knows ${picture.background === 'dark' ? 'light on dark' : 'dark on light'})`);
  }
  if (grey.width === width && grey.height === height) return { pixels: grey.pixels, isBlank };
  if (picture?.centering === 'mass' && !isBlank) {
    const box = picture.box ?? Math.min(width, height);
    const pixels = centerByMass(stretched(grey), { size, box, faint });
    if (pixels) {
      steps.push(`scaled to a box of ${box} pixels and centred by its mass in ${width}x${height}`);
      return { pixels, isBlank };
    }
  }
  steps.push(resizing(source.full, width, height));
  const options = { width, height, fit: 'fill', toColour: false } as const;
  return { pixels: luma(await platform.resize({ ...grey, channels: 1 }, options)), isBlank };
}

const resizing = (from: DecodedPicture['full'], width: number, height: number): string =>
  `resized from ${from.width}x${from.height} to ${width}x${height}`;
