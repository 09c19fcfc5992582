import { ShapeError, option, type Option, type Shape } from '@striate/core';
import { formatShape, knownSize } from './input-shapes.ts';

/** A constant for all channels, or one for each. */
export type PerChannel = number | readonly number[];

/** Such a constant as an option. */
export function perChannelOption<Default extends number | undefined = undefined>(
  given: { doc: string; default?: Default; example?: PerChannel },
  minimum: number = -Infinity,
): Option<PerChannel, [Default] extends [undefined] ? 'required' : 'filled'> {
  const fits = (number: unknown): boolean => Number.isFinite(number) && (number as number) >= minimum;
  const wanted = minimum === -Infinity ? 'a finite number' : `a finite number of at least ${minimum}`;
  return option.value<PerChannel, Default>({
    ...given,
    wanted: `${wanted}, or a list of them, one a channel`,
    fits: (value) => fits(value) || (Array.isArray(value) && value.length > 0 && value.every(fits)),
  });
}

/** The constants as a list. */
export const perChannel = (value: PerChannel): readonly number[] => (typeof value === 'number' ? [value] : value);

/** @throws {ShapeError} unless each list has one number, or as many as x has channels. */
export function checkPerChannel(where: string, x: Shape, lists: Record<string, readonly number[]>): void {
  for (const [option, { length }] of Object.entries(lists)) {
    if (length === 1 || length === knownSize(where, x)) continue;
    throw new ShapeError(
      `${where}: ${option} has ${length} numbers, but x is ${formatShape(x)}: it must have 1, or ${x.at(-1)}, one a channel.`,
    );
  }
}
