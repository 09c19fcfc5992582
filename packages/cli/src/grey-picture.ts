import type { Channels } from 'sharp';

/** A grey picture in memory: light is high. */
export interface GreyPicture {
  width: number;
  height: number;
  /** [height * width] values 0 to 255. */
  pixels: Uint8Array;
}

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

/** As MNIST was made: the object fills a box, its centre of mass lies in the middle, the background is black. */
export async function centred(grey: GreyPicture, width: number, height: number, box: number): Promise<Uint8Array> {
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
