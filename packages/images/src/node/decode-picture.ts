import type { SharpConstructor } from 'sharp';
import type { DecodedPicture } from '../picture-decoder.ts';
import { reduction, tooManyPixels } from '../reduction.ts';

// In a process of its own (picture-process.ts): nothing of any weight but sharp is loaded here, so that it starts at once.

/** A picture that goes beyond a limit; the message is a sentence about it without its subject. */
export class PictureRefusal extends Error {}

/** The package that decodes pictures is not there; the message says what its loading said. */
export class LacksSharp extends Error {}

/** What a picture may be, and what is wanted of it. */
export interface DecodeOptions {
  /** Width times height that are decoded at most. */
  maxPixels: number;
  /** Also formats that are drawn while they are read: SVG, and PDF where sharp has it. */
  allowDrawings: boolean;
  /** [H, W] that it will be brought to. */
  size: readonly [number, number];
}

/** Formats that hold pixels. Each is known to end; all others that libvips might be built with stay closed. */
const pixelLoaders = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Tiff', 'Heif'];
const drawingLoaders = ['Svg', 'Pdf'];

/**
 * Decodes the first image of a file. One of more than 4 million pixels comes out at 1/2, 1/4, 1/8, ... of its width and
 * height, but at no less than twice the size that it will be brought to.
 *
 * @throws {LacksSharp} if that is not installed
 * @throws {PictureRefusal} if it has more pixels than `maxPixels`, or is a drawing and may not be one.
 * @throws {Error} if it is no picture: what libvips says.
 */
export async function decodePicture(
  bytes: Uint8Array,
  { maxPixels, allowDrawings, size }: DecodeOptions,
): Promise<DecodedPicture> {
  const sharp = await importSharp();
  const drawing = drawingFormat(bytes);
  if (drawing && !allowDrawings && sharp.format[drawing]?.input.buffer) {
    throw new PictureRefusal(
      `is ${drawing.toUpperCase()}: it would be drawn, which can take any time and memory; allowDrawings lets it in.`,
    );
  }
  sharp.cache(false);
  const loaders = (names: readonly string[]): { operation: string[] } => ({
    operation: names.map((name) => `VipsForeignLoad${name}`),
  });
  sharp.block(loaders(['']));
  sharp.unblock(loaders(allowDrawings ? [...pixelLoaders, ...drawingLoaders] : pixelLoaders));

  const open = { limitInputPixels: false } as const;
  const { orientation = 1, hasAlpha, autoOrient } = await sharp(bytes, open).metadata();
  const { width, height } = autoOrient;
  if (width * height > maxPixels) throw new PictureRefusal(tooManyPixels(width, height, maxPixels));
  const factor = reduction(width, height, size);
  let picture = sharp(bytes, open).rotate();
  if (factor > 1) picture = picture.resize(Math.ceil(width / factor), Math.ceil(height / factor), { fit: 'fill' });
  const { data, info } = await picture.toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  const decoded = { width: info.width, height: info.height, full: { width, height }, isTurned: orientation > 1 };
  const isTransparent = hasAlpha && !isOpaque(data, info.channels);
  if (!hasAlpha) return { ...decoded, channels: info.channels, pixels: data, isTransparent };
  const { width: rawWidth, height: rawHeight, channels } = info;
  const layered = sharp(data, { ...open, raw: { width: rawWidth, height: rawHeight, channels } });
  const flat = isTransparent ? layered.flatten({ background: 'white' }) : layered.removeAlpha();
  const { data: pixels, info: laid } = await flat.raw().toBuffer({ resolveWithObject: true });
  return { ...decoded, channels: laid.channels, pixels, isTransparent };
}

/** Whether the last channel is 255 everywhere. */
function isOpaque(pixels: Uint8Array, channels: number): boolean {
  for (let place = channels - 1; place < pixels.length; place += channels) if (pixels[place] !== 255) return false;
  return true;
}

/** Which format that is drawn a file begins like. */
function drawingFormat(bytes: Uint8Array): 'pdf' | 'svg' | undefined {
  const start = Buffer.from(bytes.subarray(0, 1024)).toString('latin1').replaceAll('\0', '').trimStart();
  if (start.startsWith('%PDF-')) return 'pdf';
  return /^(\u00EF\u00BB\u00BF)?\s*<(\?xml|!doctype svg|!--|([\w-]+:)?svg\b)/i.test(start) ? 'svg' : undefined;
}

async function importSharp(): Promise<SharpConstructor> {
  try {
    return (await import('sharp')).default;
  } catch (cause) {
    throw new LacksSharp((cause as Error).message, { cause });
  }
}
