import { checkCounts, checkOptions, checkRange, describe, isRecord, OptionError, ShapeError } from '@striate/core';
import { checkPixels } from './check-pixels.ts';
import { checkBox } from './picture-style.ts';
import type { GreyPicture } from './picture.ts';

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
 * @throws OptionError if an option is unknown or impossible, or the pixels are no bytes
 * @example
 * ```ts
 * const pixels = Uint8Array.from({ length: 100 * 60 }, (_, place) => (place % 100 < 10 ? 255 : 0)); // a bar
 * centerByMass({ width: 100, height: 60, pixels }, { size: [28, 28], box: 20 }); // 3 x 20 pixels of 255 in 28 x 28
 * ```
 */
export function centerByMass(picture: GreyPicture, options: CenterByMassOptions): Uint8Array | undefined {
  checkCall(picture, options);
  const {
    size: [height, width],
    box,
    faint = 1,
  } = options;
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
  for (let place = 0; place < small.pixels.length; place++) {
    const x = left + (place % small.width);
    const y = top + Math.floor(place / small.width);
    if (x >= 0 && x < width && y >= 0 && y < height) pixels[y * width + x] = small.pixels[place]!;
  }
  return pixels;
}

function checkCall(picture: GreyPicture, options: CenterByMassOptions): void {
  const example = 'centerByMass({ width, height, pixels }, { size: [28, 28], box: 20 })';
  checkOptions('centerByMass', options, { size: true, box: true, faint: true }, example);
  const { size, box, faint = 1 } = options;
  if (!Array.isArray(size) || size.length !== 2)
    throw new OptionError(`centerByMass: size is ${describe(size)}, but must be [height, width].`);
  checkCounts('centerByMass', { size: [size[0], size[1]], box });
  checkBox('centerByMass', box, size);
  checkRange('centerByMass', 'faint', faint, 0, 256);
  const given: unknown = picture;
  if (!isRecord(given)) {
    throw new OptionError(`centerByMass: the picture is ${describe(given)}, but must be a record. Write ${example}.`);
  }
  checkCounts('centerByMass: picture', { width: picture.width, height: picture.height });
  checkPixels('centerByMass: the pixels are', picture.pixels);
}

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The smallest box around everything that is not fainter. */
function extent({ width, height, pixels }: GreyPicture, faint: number): Box | undefined {
  // Plain loops: iterators over the pixels of a photo would take a second.
  let left = width;
  let right = -1;
  let top = height;
  let bottom = -1;
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
  const columns = covers(box.left, box.width, size.width);
  const rows = covers(box.top, box.height, size.height);
  const pixels = new Uint8Array(size.width * size.height);
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) pixels[y * size.width + x] = Math.round(mean(picture, rows[y]!, columns[x]!));
  }
  return { ...size, pixels };
}

/** Pixels of an axis from a first one on, and the share that each has of the whole. */
interface Cover {
  first: number;
  shares: Float64Array;
}

function mean({ width, pixels }: GreyPicture, row: Cover, column: Cover): number {
  let sum = 0;
  for (let y = 0; y < row.shares.length; y++) {
    const start = (row.first + y) * width + column.first;
    const share = row.shares[y]!;
    for (let x = 0; x < column.shares.length; x++) sum += pixels[start + x]! * share * column.shares[x]!;
  }
  return sum;
}

/** For each of `count` equal parts of an axis, which pixels it covers. */
function covers(start: number, length: number, count: number): Cover[] {
  const part = length / count;
  return Array.from({ length: count }, (_, index) => {
    const from = index * part;
    const to = (index + 1) * part;
    const first = Math.floor(from);
    const end = Math.min(Math.ceil(to), length);
    const shares = new Float64Array(Math.max(0, end - first));
    for (let pixel = first; pixel < end; pixel++) {
      shares[pixel - first] = (Math.min(to, pixel + 1) - Math.max(from, pixel)) / part;
    }
    return { first: start + first, shares };
  });
}

/** Undefined where all ink was lost in shrinking. */
function centreOfMass({ width, pixels }: GreyPicture): [x: number, y: number] | undefined {
  let mass = 0;
  let x = 0;
  let y = 0;
  for (let place = 0; place < pixels.length; place++) {
    const value = pixels[place]!;
    mass += value;
    x += value * (place % width);
    y += value * Math.floor(place / width);
  }
  return mass === 0 ? undefined : [x / mass, y / mass];
}
