import { arrayKind, describe, OptionError } from '@striate/core';

/** Refuses pixels that are no bytes: a fraction, or a value above 255, has no place in the table of inputs. */
export function checkPixels(what: string, pixels: Uint8Array): void {
  const kind = arrayKind(pixels);
  if (kind === 'Uint8Array' || kind === 'Uint8ClampedArray') return;
  const given: unknown = pixels;
  const isBytes = Array.isArray(given) && given.every((value) => Number.isInteger(value) && value >= 0 && value <= 255);
  throw new OptionError(
    `${what} ${describe(pixels)}, but must be a Uint8Array of values 0 to 255. ${
      isBytes
        ? 'Write Uint8Array.from(pixels).'
        : 'From values 0 to 1: Uint8Array.from(values, (value) => Math.round(value * 255)); from 16 bits: value >> 8.'
    }`,
  );
}
