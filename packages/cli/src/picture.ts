import { readFile } from 'node:fs/promises';
import { DataError } from '@striate/core';
import { centerByMass, type GreyPicture, type Preprocessing } from '@striate/data';
import { contrast, hasLightBorder, luma, resized, stretched, type SourcePicture } from './grey-picture.ts';

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
 * Reads a picture (PNG, JPEG, WebP, GIF, TIFF, AVIF, SVG; of an animation the first) and brings it to the size, channels
 * and style that the preprocessing record asks for.
 *
 * @throws {DataError} if the file cannot be read or is no picture.
 */
export async function readPicture(path: string, preprocessing: Preprocessing): Promise<PreparedPicture> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new DataError(`${path}: ${readFailures[cause.code ?? ''] ?? `cannot be read (${cause.message}).`}`, {
      cause,
    });
  });
  const { default: sharp } = await import('sharp');
  const steps: string[] = [];
  try {
    const { orientation = 1, hasAlpha } = await sharp(bytes).metadata();
    if (orientation > 1) steps.push('turned upright');
    if (hasAlpha && !(await sharp(bytes).stats()).isOpaque) steps.push('laid on white where it is transparent');
    const upright = sharp(bytes).rotate().flatten({ background: 'white' }).toColourspace('srgb');
    // A pipeline of its own: later operations would be put in another order.
    const { data, info } = await upright.removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const { pixels, isBlank } =
      preprocessing.channels === 1
        ? await greyPixels({ ...info, pixels: data }, preprocessing, steps)
        : await colourPixels({ ...info, pixels: data }, preprocessing, steps);
    const warning = 'the picture is blank: there is nothing in it to classify';
    return { pixels, steps, ...(isBlank && { warning }) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(`${path}: is not a picture that can be read (${reason}). Give a PNG, JPEG, WebP or GIF file.`, {
      cause,
    });
  }
}

const readFailures: Record<string, string> = {
  ENOENT: 'there is no such file.',
  EISDIR: 'is a folder. Give the pictures in it, such as folder/*.png.',
  EACCES: 'there is no permission to read it.',
};

interface Prepared {
  pixels: Uint8Array;
  isBlank: boolean;
}

async function colourPixels(
  source: SourcePicture,
  { size: [height, width] }: Preprocessing,
  steps: string[],
): Promise<Prepared> {
  const isBlank = contrast(source.pixels) < leastContrast;
  if (source.channels === 3 && source.width === width && source.height === height) {
    return { pixels: new Uint8Array(source.pixels), isBlank };
  }
  const { default: sharp } = await import('sharp');
  if (source.width !== width || source.height !== height) steps.push(resizing(source, width, height));
  const { pixels, ...raw } = source;
  const resized = sharp(pixels, { raw }).toColourspace('srgb').resize(width, height, { fit: 'cover' });
  return { pixels: new Uint8Array(await resized.raw().toBuffer()), isBlank };
}

async function greyPixels(source: SourcePicture, preprocessing: Preprocessing, steps: string[]): Promise<Prepared> {
  const { size, picture } = preprocessing;
  const [height, width] = size;
  if (isColoured(source)) steps.push('made grey');
  let grey: GreyPicture = { width: source.width, height: source.height, pixels: luma(source) };
  const isBlank = contrast(grey.pixels) < leastContrast;
  if (picture && hasLightBorder(grey) === (picture.background === 'dark')) {
    grey = { ...grey, pixels: grey.pixels.map((value) => 255 - value) };
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
  steps.push(resizing(grey, width, height));
  return { pixels: (await resized(grey, width, height)).pixels, isBlank };
}

const resizing = (from: GreyPicture, width: number, height: number): string =>
  `resized from ${from.width}x${from.height} to ${width}x${height}`;

function isColoured({ pixels, channels }: SourcePicture): boolean {
  if (channels < 3) return false;
  for (let place = 0; place < pixels.length; place += channels) {
    const [red, green, blue] = [pixels[place]!, pixels[place + 1]!, pixels[place + 2]!];
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > leastContrast / 2) return true;
  }
  return false;
}
