import { ShapeError } from '@striate/core';

/** A grey picture in memory. */
export interface GreyPicture {
  readonly width: number;
  readonly height: number;
  /** [height * width], 0 (nothing) to 255 (full ink). */
  readonly pixels: Uint8Array;
}

/** What {@link centerByMass} makes. */
export interface CenterByMassOptions {
  /** [H, W] of the result. */
  readonly size: readonly [number, number];
  /** Side of the square that the ink fills, in pixels; MNIST: 20. */
  readonly box: number;
  /** What is darker is taken for noise where the ink's extent is looked for. Default 1: only black is no ink. */
  readonly faint?: number;
}

/**
 * A picture of light ink on black in the form of MNIST's images: the ink is scaled, its proportions kept, so that the
 * longer side fills a box, every pixel being the mean of the area that it covers; the box is then moved by whole pixels
 * so that the ink's centre of mass comes to lie at pixel (W / 2, H / 2), which is (14, 14) of 28 x 28.
 *
 * Source: LeCun, Bottou, Bengio, Haffner 1998, "Gradient-based learning applied to document recognition"; MNIST's own
 * images come back as they are.
 *
 * @returns [H * W] values 0 to 255; undefined if there is no ink
 * @throws ShapeError if the picture has not as many pixels as it says
 * @example
 * ```ts
 * const pixels = Uint8Array.from({ length: 100 * 60 }, (_, place) => (place % 100 < 10 ? 255 : 0)); // a bar
 * centerByMass({ width: 100, height: 60, pixels }, { size: [28, 28], box: 20 }); // 3 x 20 pixels of 255 in 28 x 28
 * ```
 */
export function centerByMass(
  picture: GreyPicture,
  { size: [height, width], box, faint = 1 }: CenterByMassOptions,
): Uint8Array | undefined {
  if (picture.pixels.length !== picture.width * picture.height) {
    throw new ShapeError(
      `centerByMass: a grey picture of ${picture.width} x ${picture.height} has ${picture.width * picture.height} pixels, but there are ${picture.pixels.length}.`,
    );
  }
  const inked = extent(picture, faint);
  if (!inked) return undefined;
  const scale = box / Math.max(inked.width, inked.height);
  const small = shrunk(picture, inked, {
    width: Math.max(1, Math.round(inked.width * scale)),
    height: Math.max(1, Math.round(inked.height * scale)),
  });
  const mass = centreOfMass(small);
  if (!mass) return undefined;
  const left = Math.round(width / 2 - mass[0]);
  const top = Math.round(height / 2 - mass[1]);
  const pixels = new Uint8Array(width * height);
  for (const [place, value] of small.pixels.entries()) {
    const [x, y] = [left + (place % small.width), top + Math.floor(place / small.width)];
    if (x >= 0 && x < width && y >= 0 && y < height) pixels[y * width + x] = value;
  }
  return pixels;
}

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The smallest box around everything that is not fainter. */
function extent({ width, height, pixels }: GreyPicture, faint: number): Box | undefined {
  let [left, right, top, bottom] = [width, -1, height, -1];
  // Plain loops: iterators over the pixels of a photo would take a second.
  for (let y = 0, place = 0; y < height; y++) {
    for (let x = 0; x < width; x++, place++) {
      if (pixels[place]! < faint) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  return right < 0 ? undefined : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** The box at another size; each pixel is the mean of the area that it covers, pixels at its rim by their share. */
function shrunk(picture: GreyPicture, box: Box, size: { width: number; height: number }): GreyPicture {
  const columns = shares(box.left, box.width, size.width);
  const rows = shares(box.top, box.height, size.height);
  const pixels = new Uint8Array(size.width * size.height);
  for (const [y, row] of rows.entries()) {
    for (const [x, column] of columns.entries()) {
      let sum = 0;
      for (const { place: from, share } of row) {
        for (const { place, share: part } of column)
          sum += picture.pixels[from * picture.width + place]! * share * part;
      }
      pixels[y * size.width + x] = Math.round(sum);
    }
  }
  return { ...size, pixels };
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

/** Undefined where all ink was lost in shrinking. */
function centreOfMass({ width, pixels }: GreyPicture): [x: number, y: number] | undefined {
  let [mass, x, y] = [0, 0, 0];
  for (const [place, value] of pixels.entries()) {
    mass += value;
    x += value * (place % width);
    y += value * Math.floor(place / width);
  }
  return mass === 0 ? undefined : [x / mass, y / mass];
}
