import type { GreyPicture } from './picture.ts';
import type { ResizedPicture } from './resize.ts';

/** Brightness as ITU-R BT.601 weighs it; exactly the value where red, green and blue are equal. */
export function luma({ pixels, channels }: Omit<ResizedPicture, 'width' | 'height'>): Uint8Array {
  const grey = new Uint8Array(pixels.length / channels);
  const [green, blue] = channels < 3 ? [0, 0] : [1, 2];
  for (let pixel = 0, place = 0; pixel < grey.length; pixel++, place += channels) {
    const thousandfold = 299 * pixels[place]! + 587 * pixels[place + green]! + 114 * pixels[place + blue]!;
    grey[pixel] = Math.round(thousandfold / 1000);
  }
  return grey;
}

/** Whether red, green and blue differ by more than `least` anywhere. */
export function isColoured({ pixels, channels }: Omit<ResizedPicture, 'width' | 'height'>, least: number): boolean {
  if (channels < 3) return false;
  for (let place = 0; place < pixels.length; place += channels) {
    const red = pixels[place]!;
    const green = pixels[place + 1]!;
    const blue = pixels[place + 2]!;
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > least) return true;
  }
  return false;
}

/** Difference of the lightest and the darkest value. */
export function contrast(pixels: Uint8Array): number {
  let least = 255;
  let most = 0;
  for (let place = 0; place < pixels.length; place++) {
    const value = pixels[place]!;
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

/** White becomes black. */
export const inverted = (grey: GreyPicture): GreyPicture => mapped(grey, (value) => 255 - value);

/** The darkest twentieth of the pixels becomes black, the lightest pixel white. */
export function stretched(grey: GreyPicture): GreyPicture {
  const [black, white] = darkAndLightest(grey.pixels);
  const range = Math.max(1, white - black);
  return mapped(grey, (value) => Math.max(0, ((value - black) * 255) / range));
}

/** The value below which a twentieth of all lie, and the greatest. */
function darkAndLightest(pixels: Uint8Array): [dark: number, lightest: number] {
  const counts = new Uint32Array(256);
  for (let place = 0; place < pixels.length; place++) counts[pixels[place]!]!++;
  let left = Math.floor(pixels.length / 20);
  const dark = counts.findIndex((count) => (left -= count) < 0);
  return [dark, counts.findLastIndex((count) => count > 0)];
}

/** Each value by way of a table of all 256. */
function mapped(grey: GreyPicture, change: (value: number) => number): GreyPicture {
  const table = Uint8Array.from({ length: 256 }, (_, value) => change(value));
  const pixels = new Uint8Array(grey.pixels.length);
  for (let place = 0; place < pixels.length; place++) pixels[place] = table[grey.pixels[place]!]!;
  return { ...grey, pixels };
}
