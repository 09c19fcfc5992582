import type { Preprocessing } from '@striate/data';
import type { Drawing } from '../messages.ts';

/** A picture of some channels, 0 to 255. */
export interface SeenPicture {
  width: number;
  height: number;
  /** [height * width * channels] */
  pixels: Uint8Array;
}

/** Less ink than this is a smoothed edge. */
const faint = 16;

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/**
 * A drawing in the form of the images that a network was trained on. As MNIST was made, the ink is scaled, its
 * proportions kept, to fill a box (20 x 20), every pixel being the mean of the area that it covers; the box is then put
 * so that the ink's centre of mass is the picture's centre (28 x 28).
 *
 * Source: LeCun, Bottou, Bengio, Haffner 1998, "Gradient-based learning applied to document recognition".
 *
 * @returns undefined if there is no ink
 */
export function seeDrawing(drawing: Drawing, { size, channels, picture }: Preprocessing): SeenPicture | undefined {
  const [height, width] = size;
  const inked = inkedBox(drawing);
  if (!inked) return undefined;
  const scale = (picture?.box ?? Math.min(width, height)) / Math.max(inked.width, inked.height);
  const small = shrunk(drawing, inked, {
    width: Math.max(1, Math.round(inked.width * scale)),
    height: Math.max(1, Math.round(inked.height * scale)),
  });
  const grey = centred(small, width, height);
  if (picture?.background === 'light') for (const [place, value] of grey.entries()) grey[place] = 255 - value;
  return { width, height, pixels: repeated(grey, channels) };
}

/** The smallest box around everything that is more than faint. */
function inkedBox({ width, height, ink }: Drawing): Box | undefined {
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (const [place, value] of ink.entries()) {
    if (value < faint) continue;
    const [x, y] = [place % width, Math.floor(place / width)];
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
  }
  return right < 0 ? undefined : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** The box at another size; each pixel is the mean of the area that it covers, pixels at its rim by their share. */
function shrunk(drawing: Drawing, box: Box, size: { width: number; height: number }): Drawing {
  const columns = shares(box.left, box.width, size.width);
  const rows = shares(box.top, box.height, size.height);
  const ink = new Uint8Array(size.width * size.height);
  for (const [y, row] of rows.entries()) {
    for (const [x, column] of columns.entries()) {
      let sum = 0;
      for (const { place: from, share } of row) {
        for (const { place, share: part } of column) sum += drawing.ink[from * drawing.width + place]! * share * part;
      }
      ink[y * size.width + x] = Math.round(sum);
    }
  }
  return { ...size, ink };
}

/** For each of `count` equal parts of an axis, which pixels it covers, and what share of it each of them is. */
function shares(start: number, length: number, count: number): { place: number; share: number }[][] {
  const part = length / count;
  return Array.from({ length: count }, (_, index) => {
    const [from, to] = [index * part, (index + 1) * part];
    const covered = [];
    for (let pixel = Math.floor(from); pixel < Math.min(Math.ceil(to), length); pixel++) {
      covered.push({ place: start + pixel, share: (Math.min(to, pixel + 1) - Math.max(from, pixel)) / part });
    }
    return covered;
  });
}

/** The centre of mass goes to pixel (14, 14) of 28 x 28, by whole pixels: so it lies in every image of MNIST. */
function centred(small: Drawing, width: number, height: number): Uint8Array {
  let [mass, massX, massY] = [0, 0, 0];
  for (const [place, value] of small.ink.entries()) {
    mass += value;
    massX += value * (place % small.width);
    massY += value * Math.floor(place / small.width);
  }
  const left = Math.round(width / 2 - massX / mass);
  const top = Math.round(height / 2 - massY / mass);
  const pixels = new Uint8Array(width * height);
  for (const [place, value] of small.ink.entries()) {
    const [x, y] = [left + (place % small.width), top + Math.floor(place / small.width)];
    if (x >= 0 && x < width && y >= 0 && y < height) pixels[y * width + x] = value;
  }
  return pixels;
}

function repeated(grey: Uint8Array, channels: number): Uint8Array {
  return Uint8Array.from({ length: grey.length * channels }, (_, place) => grey[Math.floor(place / channels)]!);
}
