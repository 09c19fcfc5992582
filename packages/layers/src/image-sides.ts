import { OptionError, describe, option, type Option, type Padding, type Pair } from '@striate/core';

/** Pixels at the sides of an image: one number, [vertical, horizontal] or [top, bottom, left, right]. */
export type ImageSides = number | Pair | Padding;

/** Such pixels as an option. */
export const sidesOption = (doc: string, otherwise: number): Option<ImageSides, 'filled'> =>
  option.checked<ImageSides, number>({
    doc,
    wanted: 'a whole number of pixels, [vertical, horizontal] or [top, bottom, left, right]',
    check: (where, name, value) => void imageSides(where, name, value as ImageSides),
    default: otherwise,
  });

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
