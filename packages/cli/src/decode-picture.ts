import type { Channels } from 'sharp';

// In a process of its own (picture-process.ts): nothing but sharp is loaded here, so that it starts at once.

/** What a file held, upright, 0 to 255, without transparency. */
export interface DecodedPicture {
  width: number;
  height: number;
  channels: Channels;
  /** [height * width * channels] */
  pixels: Uint8Array;
  /** Width and height before it was made smaller. */
  full: { width: number; height: number };
  /** Whether it had to be turned to stand upright. */
  isTurned: boolean;
  /** Whether it was laid on white. */
  isTransparent: boolean;
}

/** A picture that goes beyond a limit; the message is a sentence about it without its subject. */
export class PictureRefusal extends Error {}

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

/** Greater pictures are made smaller while they are decoded. */
const workingPixels = 4_000_000;

/**
 * Decodes the first image of a file. One of more than 4 million pixels comes out at 1/2, 1/4, 1/8, ... of its width and
 * height, but at no less than twice the size that it will be brought to.
 *
 * @throws {PictureRefusal} if it has more pixels than `maxPixels`, or is a drawing and may not be one.
 * @throws {Error} if it is no picture: what libvips says.
 */
export async function decodePicture(
  bytes: Uint8Array,
  { maxPixels, allowDrawings, size }: DecodeOptions,
): Promise<DecodedPicture> {
  const { default: sharp } = await import('sharp');
  const drawing = drawingFormat(bytes);
  if (drawing && !allowDrawings && sharp.format[drawing]?.input.buffer) {
    throw new PictureRefusal(
      `is ${drawing.toUpperCase()}: it would be drawn, which can take any time and memory; --allow-drawings lets it in.`,
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
  if (width * height > maxPixels) {
    const [found, most] = [width * height, maxPixels].map((count) => count.toLocaleString('en-US'));
    throw new PictureRefusal(
      `has ${width} x ${height} = ${found} pixels, and the limit is ${most}; --max-pixels raises it.`,
    );
  }
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

/** How many times narrower and lower a picture is decoded: 1, 2, 4, ... */
function reduction(width: number, height: number, size: readonly [number, number]): number {
  let factor = 1;
  const isLarge = (): boolean => (width * height) / factor ** 2 > workingPixels;
  while (isLarge() && Math.min(width, height) / (2 * factor) >= 2 * Math.max(...size)) factor *= 2;
  return factor;
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
