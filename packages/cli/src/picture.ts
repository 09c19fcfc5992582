import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { DataError } from '@striate/core';
import { centerByMass, type GreyPicture, type Preprocessing } from '@striate/data';
import { PictureRefusal, type DecodedPicture } from './decode-picture.ts';
import { contrast, hasLightBorder, inverted, isColoured, luma, resized, stretched } from './grey-picture.ts';
import { startPictureDecoder, type PictureDecoder } from './picture-decoder.ts';

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
 * Reads a picture (PNG, JPEG, WebP, GIF, TIFF, AVIF; SVG where the decoder allows drawings; of an animation the first)
 * and brings it to the size, channels and style that the preprocessing record asks for. One of more than 4 million
 * pixels is made smaller while it is decoded: its values may differ by rounding from those that the whole would give.
 *
 * @param decoder - for many pictures; without it, one is started for this picture alone
 * @throws {DataError} if the file cannot be read, is no picture, or goes beyond the decoder's limits.
 */
export async function readPicture(
  path: string,
  preprocessing: Preprocessing,
  decoder?: PictureDecoder,
): Promise<PreparedPicture> {
  if (decoder) return prepared(path, preprocessing, decoder);
  const own = startPictureDecoder();
  return prepared(path, preprocessing, own).finally(() => own.close());
}

async function prepared(path: string, preprocessing: Preprocessing, decoder: PictureDecoder): Promise<PreparedPicture> {
  const bytes = await readWhole(path).catch((cause: NodeJS.ErrnoException) => {
    throw new DataError(`${path}: ${readFailures[cause.code ?? ''] ?? `cannot be read (${cause.message}).`}`, {
      cause,
    });
  });
  const source = await decoder.decode(bytes, preprocessing.size).catch((cause: Error) => {
    const said =
      cause instanceof PictureRefusal
        ? cause.message
        : `is not a picture that can be read (${cause.message}). Give a PNG, JPEG, WebP or GIF file.`;
    throw new DataError(`${path}: ${said}`, { cause });
  });
  const steps: string[] = [];
  if (source.isTurned) steps.push('turned upright');
  if (source.isTransparent) steps.push('laid on white where it is transparent');
  const prepare = preprocessing.channels === 1 ? greyPixels : colourPixels;
  const { pixels, isBlank } = await prepare(source, preprocessing, steps);
  const warning = 'the picture is blank: there is nothing in it to classify';
  return { pixels, steps, ...(isBlank && { warning }) };
}

/** What whoever started the command opened already. */
const isOpen = (path: string): boolean => /^\/(?:dev|proc\/self)\/(?:stdin|fd\/\d+)$/.test(path);

/** Reads a file, or what an open pipe gives, to its end. Another pipe may never begin, and a device has no end. */
async function readWhole(path: string): Promise<Buffer> {
  const found = await stat(path);
  if (!found.isFile() && !found.isDirectory() && !isOpen(path))
    throw Object.assign(new Error(path), { code: 'ENOTREG' });
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of createReadStream(path, { highWaterMark: 2 ** 20 }) as AsyncIterable<Buffer>) {
    parts.push(part);
    size += part.length;
    if (size > maxFileBytes) throw new Error(`it has more than ${maxFileBytes / 1e6} MB`);
  }
  return Buffer.concat(parts);
}

/** More than any picture. */
const maxFileBytes = 5e8;

const readFailures: Record<string, string> = {
  ENOENT: 'there is no such file.',
  EISDIR: 'is a folder. Give the pictures in it, such as folder/*.png.',
  ENOTREG: 'is a device, a pipe or a socket. Give a file.',
  EACCES: 'there is no permission to read it.',
};

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
  const { default: sharp } = await import('sharp');
  if (source.width !== width || source.height !== height) steps.push(resizing(source.full, width, height));
  const { pixels, channels } = source;
  const raw = { width: source.width, height: source.height, channels };
  const resized = sharp(pixels, { raw }).toColourspace('srgb').resize(width, height, { fit: 'cover' });
  return { pixels: new Uint8Array(await resized.raw().toBuffer()), isBlank };
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
  return { pixels: (await resized(grey, width, height)).pixels, isBlank };
}

const resizing = (from: DecodedPicture['full'], width: number, height: number): string =>
  `resized from ${from.width}x${from.height} to ${width}x${height}`;
