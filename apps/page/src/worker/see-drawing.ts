import type { Preprocessing } from '@striate/core';
import { centerByMass } from '@striate/images';
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

/**
 * A drawing in the form of the images that a network was trained on: its ink fills a box, and its centre of mass is the
 * picture's centre.
 *
 * @returns undefined if there is no ink
 */
export function seeDrawing(
  { width, height, ink }: Drawing,
  { size, channels, picture }: Preprocessing,
): SeenPicture | undefined {
  const box = picture?.box ?? Math.min(...size);
  const grey = centerByMass({ width, height, pixels: ink }, { size, box, faint });
  if (!grey) return undefined;
  if (picture?.background === 'light') for (const [place, value] of grey.entries()) grey[place] = 255 - value;
  return { width: size[1], height: size[0], pixels: repeated(grey, channels) };
}

function repeated(grey: Uint8Array, channels: number): Uint8Array {
  return Uint8Array.from({ length: grey.length * channels }, (_, place) => grey[Math.floor(place / channels)]!);
}
