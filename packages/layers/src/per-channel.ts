import { OptionError, ShapeError, type Shape } from '@striate/core';
import { formatShape, knownSize } from './input-shapes.ts';

/** A constant for all channels, or one for each. */
export type PerChannel = number | readonly number[];

/** The constants as a list. @throws {OptionError} unless they are finite numbers of at least `minimum`. */
export function perChannel(
  where: string,
  option: string,
  value: PerChannel,
  minimum: number = -Infinity,
): readonly number[] {
  const list = typeof value === 'number' ? [value] : value;
  const fits = (number: unknown): boolean => Number.isFinite(number) && (number as number) >= minimum;
  if (Array.isArray(list) && list.length > 0 && list.every(fits)) return list as readonly number[];
  const wanted = minimum === -Infinity ? 'a finite number' : `a finite number of at least ${minimum}`;
  throw new OptionError(
    `${where}: ${option} is [${String(list)}], but must be ${wanted}, or a list of them, one a channel.`,
  );
}

/** @throws {ShapeError} unless each list has one number, or as many as x has channels. */
export function checkPerChannel(where: string, x: Shape, lists: Record<string, readonly number[]>): void {
  for (const [option, { length }] of Object.entries(lists)) {
    if (length === 1 || length === knownSize(where, x)) continue;
    throw new ShapeError(
      `${where}: ${option} has ${length} numbers, but x is ${formatShape(x)}: it must have 1, or ${x.at(-1)}, one a channel.`,
    );
  }
}
