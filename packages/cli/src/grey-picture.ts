import type { GreyPicture } from '@striate/data';
import type { Channels } from 'sharp';

/** What a file held: one or three channels, 0 to 255. */
export interface SourcePicture extends GreyPicture {
  channels: Channels;
}

/** Brightness as ITU-R BT.601 weighs it; exactly the value where red, green and blue are equal. */
export function luma({ pixels, channels }: SourcePicture): Uint8Array {
  const green = channels < 3 ? 0 : 1;
  const blue = channels < 3 ? 0 : 2;
  return Uint8Array.from({ length: pixels.length / channels }, (_, pixel) => {
    const place = pixel * channels;
    return Math.round((299 * pixels[place]! + 587 * pixels[place + green]! + 114 * pixels[place + blue]!) / 1000);
  });
}

/** Difference of the lightest and the darkest value. */
export function contrast(pixels: Uint8Array): number {
  let [least, most] = [255, 0];
  for (const value of pixels) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return most - least;
}

/** Whether the mean of the outermost pixels is light: they show the background. */
export function hasLightBorder({ width, height, pixels }: GreyPicture): boolean {
  let sum = 0;
  for (let x = 0; x < width; x++) sum += pixels[x]! + pixels[(height - 1) * width + x]!;
  for (let y = 0; y < height; y++) sum += pixels[y * width]! + pixels[y * width + width - 1]!;
  return sum / (2 * (width + height)) > 127;
}

/** Stretched or shrunk to a size, whatever its proportions. */
export async function resized(
  { width, height, pixels }: GreyPicture,
  toWidth: number,
  toHeight: number,
): Promise<GreyPicture> {
  const { default: sharp } = await import('sharp');
  const { data, info } = await sharp(pixels, { raw: { width, height, channels: 1 } })
    .resize(toWidth, toHeight, { fit: 'fill' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: toWidth, height: toHeight, pixels: luma({ ...info, pixels: data }) };
}

/** The darkest twentieth of the pixels becomes black, the lightest pixel white. */
export function stretched(grey: GreyPicture): GreyPicture {
  const sorted = grey.pixels.toSorted();
  const black = sorted[Math.floor(sorted.length / 20)]!;
  const range = Math.max(1, sorted.at(-1)! - black);
  return { ...grey, pixels: grey.pixels.map((value) => Math.max(0, ((value - black) * 255) / range)) };
}
