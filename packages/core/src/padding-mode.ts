import { describe } from './describe.ts';
import { OptionError, ShapeError } from './errors.ts';
import { suggestion } from './nearest.ts';
import type { Padding, Pair } from './shape.ts';

/**
 * What lies around an image, for a row `a b c d`:
 *
 * | mode | two pixels before, two behind | as in |
 * | --- | --- | --- |
 * | 'zeros' | 0 0 / a b c d / 0 0 | |
 * | 'reflect' | c b / a b c d / c b | PyTorch, NumPy: the border is not repeated |
 * | 'symmetric' | b a / a b c d / d c | NumPy, TensorFlow: the border is repeated |
 * | 'replicate' | a a / a b c d / d d | PyTorch; NumPy's 'edge' |
 * | 'circular' | c d / a b c d / a b | PyTorch; NumPy's 'wrap' |
 */
export type PaddingMode = 'zeros' | 'reflect' | 'symmetric' | 'replicate' | 'circular';

/** The names of all padding modes. */
export const paddingModes: readonly PaddingMode[] = ['zeros', 'reflect', 'symmetric', 'replicate', 'circular'];

/** @throws {OptionError} for an unknown name, with the nearest one. */
export function checkPaddingMode(where: string, mode: PaddingMode): void {
  if (paddingModes.includes(mode)) return;
  throw new OptionError(`${where}: paddingMode is ${describe(mode)}. ${suggestion(String(mode), paddingModes)}`);
}

/**
 * The place of an axis with `size` places whose value each place of the padded axis takes; -1 where it takes 0.
 *
 * @example
 * paddedPlaces(4, 2, 1, 'reflect'); // [2, 1, 0, 1, 2, 3, 2]
 */
export function paddedPlaces(size: number, before: number, after: number, mode: PaddingMode): number[] {
  const inside: Record<PaddingMode, (place: number) => number> = {
    zeros: () => -1,
    reflect: (place) => (place < 0 ? -place : 2 * size - 2 - place),
    symmetric: (place) => (place < 0 ? -1 - place : 2 * size - 1 - place),
    replicate: (place) => (place < 0 ? 0 : size - 1),
    circular: (place) => (place + size) % size,
  };
  return Array.from({ length: before + size + after }, (_, index) => {
    const place = index - before;
    return place >= 0 && place < size ? place : inside[mode](place);
  });
}

/**
 * Checks that an image has enough pixels for its padding: 'reflect' takes at most `size - 1` of a side, 'symmetric'
 * and 'circular' at most `size`.
 *
 * @throws {ShapeError} with both numbers.
 */
export function checkPaddingFits(where: string, size: Pair, padding: Padding, mode: PaddingMode): void {
  if (mode === 'zeros' || mode === 'replicate') return;
  for (const [axis, name] of ['rows', 'columns'].entries()) {
    const most = mode === 'reflect' ? size[axis]! - 1 : size[axis]!;
    const wanted = Math.max(padding[axis * 2]!, padding[axis * 2 + 1]!);
    if (wanted > most) {
      throw new ShapeError(
        `${where}: padding of ${wanted} ${name} with paddingMode '${mode}', but an image of ${size.join('x')} has only ${most} to take them from. Use less padding, or paddingMode 'replicate' or 'zeros'.`,
      );
    }
  }
}
