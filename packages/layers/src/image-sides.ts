import { OptionError, type Padding, type Pair, describe } from '@striate/core';

/** Pixels at the sides of an image: one number, [vertical, horizontal] or [top, bottom, left, right]. */
export type ImageSides = number | Pair | Padding;

/** The pixels of each side. @throws {OptionError} unless they are whole numbers of at least 0. */
export function imageSides(where: string, option: string, sides: ImageSides): Padding {
  const list = typeof sides === 'number' ? [sides, sides] : sides;
  const isCount = (side: unknown): boolean => Number.isInteger(side) && (side as number) >= 0;
  if (!Array.isArray(list) || ![2, 4].includes(list.length) || !list.every(isCount)) {
    throw new OptionError(
      `${where}: ${option} is ${describe(sides)}, but must be a whole number of pixels, [vertical, horizontal] or [top, bottom, left, right].`,
    );
  }
  const [first, second] = list as unknown as Pair; // two or four, as just checked
  return list.length === 2 ? [first, first, second, second] : (list as unknown as Padding);
}
