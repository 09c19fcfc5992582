import { readFile } from 'node:fs/promises';
import { DataError } from '@striate/core';
import type { Preprocessing } from '@striate/data';
import type { Sharp } from 'sharp';

/** A picture in the form that a network was trained on, and what had to be done to it. */
export interface PreparedPicture {
  /** [H * W * C] values 0 to 255. */
  pixels: Uint8Array;
  /** In words, 'made grey', in the order in which it was done. */
  steps: string[];
}

/** A grey picture in memory: light is high. */
interface GreyPicture {
  width: number;
  height: number;
  pixels: Uint8Array;
}

/**
 * Reads a picture (PNG, JPEG, WebP, GIF, TIFF, AVIF, SVG) and brings it to the size, channels and style that the
 * preprocessing record asks for.
 *
 * @throws {DataError} if the file cannot be read or is no picture.
 */
export async function readPicture(path: string, preprocessing: Preprocessing): Promise<PreparedPicture> {
  const bytes = await readFile(path).catch((cause: Error) => {
    throw new DataError(`${path}: cannot be read (${cause.message}).`, { cause });
  });
  const { default: sharp } = await import('sharp');
  const steps: string[] = [];
  try {
    const source = sharp(bytes).rotate().flatten({ background: 'white' }).toColourspace('srgb');
    return preprocessing.channels === 1
      ? { pixels: await greyPixels(source, preprocessing, steps), steps }
      : { pixels: await colourPixels(source, preprocessing, steps), steps };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(`${path}: is not a picture that can be read (${reason}). Give a PNG, JPEG, WebP or GIF file.`, {
      cause,
    });
  }
}

async function colourPixels(
  source: Sharp,
  { size: [height, width] }: Preprocessing,
  steps: string[],
): Promise<Uint8Array> {
  const { data, info } = await source.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  if (info.width === width && info.height === height && info.channels === 3) return new Uint8Array(data);
  const { default: sharp } = await import('sharp');
  steps.push(`resized from ${info.width}x${info.height} to ${width}x${height}`);
  const raw = { width: info.width, height: info.height, channels: info.channels };
  return new Uint8Array(
    await sharp(data, { raw }).toColourspace('srgb').resize(width, height, { fit: 'cover' }).raw().toBuffer(),
  );
}

async function greyPixels(source: Sharp, preprocessing: Preprocessing, steps: string[]): Promise<Uint8Array> {
  const { size, picture } = preprocessing;
  const [height, width] = size;
  if (await isColoured(source)) steps.push('made grey');
  const { data, info } = await source.clone().greyscale().raw().toBuffer({ resolveWithObject: true });
  let grey: GreyPicture = { width: info.width, height: info.height, pixels: firstChannel(data, info.channels) };
  if (picture && hasLightBorder(grey) === (picture.background === 'dark')) {
    grey = { ...grey, pixels: grey.pixels.map((value) => 255 - value) };
    steps.push(`inverted (the network knows ${picture.background === 'dark' ? 'light on dark' : 'dark on light'})`);
  }
  if (grey.width === width && grey.height === height) return grey.pixels;
  if (picture?.centering === 'mass') {
    steps.push(`scaled to a box of ${picture.box ?? height} pixels and centred by its mass in ${width}x${height}`);
    return centred(grey, width, height, picture.box ?? Math.min(width, height));
  }
  steps.push(`resized from ${grey.width}x${grey.height} to ${width}x${height}`);
  return (await resized(grey, width, height)).pixels;
}

async function isColoured(source: Sharp): Promise<boolean> {
  const { data, info } = await source.clone().removeAlpha().raw().toBuffer({ resolveWithObject: true });
  if (info.channels < 3) return false;
  for (let place = 0; place < data.length; place += info.channels) {
    if (Math.abs(data[place]! - data[place + 1]!) > 8 || Math.abs(data[place + 1]! - data[place + 2]!) > 8) return true;
  }
  return false;
}

const firstChannel = (data: Uint8Array, channels: number): Uint8Array =>
  Uint8Array.from({ length: data.length / channels }, (_, place) => data[place * channels]!);

/** Whether the mean of the outermost pixels is light: they show the background. */
function hasLightBorder({ width, height, pixels }: GreyPicture): boolean {
  let sum = 0;
  for (let x = 0; x < width; x++) sum += pixels[x]! + pixels[(height - 1) * width + x]!;
  for (let y = 0; y < height; y++) sum += pixels[y * width]! + pixels[y * width + width - 1]!;
  return sum / (2 * (width + height)) > 127;
}

async function resized(
  { width, height, pixels }: GreyPicture,
  toWidth: number,
  toHeight: number,
): Promise<GreyPicture> {
  const { default: sharp } = await import('sharp');
  const { data, info } = await sharp(pixels, { raw: { width, height, channels: 1 } })
    .resize(toWidth, toHeight, { fit: 'fill' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: toWidth, height: toHeight, pixels: firstChannel(data, info.channels) };
}

/** As MNIST was made: the object fills a box, its centre of mass lies in the middle, the background is black. */
async function centred(grey: GreyPicture, width: number, height: number, box: number): Promise<Uint8Array> {
  const object = cropped(stretched(grey));
  const scale = box / Math.max(object.width, object.height);
  const small = await resized(
    object,
    Math.max(1, Math.round(object.width * scale)),
    Math.max(1, Math.round(object.height * scale)),
  );
  const [massX, massY] = centreOfMass(small);
  const left = Math.round((width - 1) / 2 - massX);
  const top = Math.round((height - 1) / 2 - massY);
  const pixels = new Uint8Array(width * height);
  small.pixels.forEach((value, place) => {
    const x = left + (place % small.width);
    const y = top + Math.floor(place / small.width);
    if (x >= 0 && x < width && y >= 0 && y < height) pixels[y * width + x] = value;
  });
  return pixels;
}

/** The darkest twentieth of the pixels becomes black, the lightest pixel white. */
function stretched(grey: GreyPicture): GreyPicture {
  const sorted = grey.pixels.toSorted();
  const black = sorted[Math.floor(sorted.length / 20)]!;
  const range = Math.max(1, sorted.at(-1)! - black);
  return { ...grey, pixels: grey.pixels.map((value) => Math.max(0, ((value - black) * 255) / range)) };
}

/** The smallest rectangle that holds every pixel above a fifth of white. */
function cropped({ width, height, pixels }: GreyPicture): GreyPicture {
  let [left, right, top, bottom] = [width, -1, height, -1];
  pixels.forEach((value, place) => {
    if (value <= 51) return;
    const [x, y] = [place % width, Math.floor(place / width)];
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
  });
  if (right < 0) return { width, height, pixels };
  const [wide, high] = [right - left + 1, bottom - top + 1];
  const inside = Uint8Array.from({ length: wide * high }, (_, place) => {
    return pixels[(top + Math.floor(place / wide)) * width + left + (place % wide)]!;
  });
  return { width: wide, height: high, pixels: inside };
}

function centreOfMass({ width, pixels }: GreyPicture): [x: number, y: number] {
  let [mass, x, y] = [0, 0, 0];
  pixels.forEach((value, place) => {
    mass += value;
    x += value * (place % width);
    y += value * Math.floor(place / width);
  });
  return mass === 0 ? [0, 0] : [x / mass, y / mass];
}
