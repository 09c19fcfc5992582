import { checkOptions } from './check-options.ts';
import { describe } from './describe.ts';
import { OptionError } from './errors.ts';

/** Which random numbers: the same key gives the same numbers on every machine and engine. Every field is an integer 0 to 2^32 - 1. */
export interface RandomKey {
  /** The experiment's seed. */
  readonly seed: number;
  /** What the numbers are for: one of `streams`, so that purposes never share numbers. */
  readonly stream: number;
  /** Which use within the stream, such as a layer's place in the graph or `hashName` of a parameter. */
  readonly call: number;
  /** The training step, or the epoch. */
  readonly step: number;
}

/** What random numbers are for, as the number that `RandomKey.stream` holds. */
export const streams: {
  readonly initializer: 1;
  readonly dropout: 2;
  readonly shuffle: 3;
  readonly split: 4;
  readonly augment: 5;
  readonly noise: 6;
} = { initializer: 1, dropout: 2, shuffle: 3, split: 4, augment: 5, noise: 6 };

/**
 * Checks that a value is an unsigned 32-bit integer, as every part of a random key must be.
 *
 * @param value what was given
 * @param name how the error calls it
 * @param where the function that was given it, which the error names
 * @returns the value
 * @throws OptionError unless it is an integer from 0 to 4294967295
 * @example
 * ```ts
 * checkUint32(7, 'seed'); // 7
 * ```
 */
export function checkUint32(value: number, name: string, where = 'random'): number {
  if (Number.isInteger(value) && value >= 0 && value <= 0xffffffff) return value;
  throw new OptionError(`${where}: ${name} is ${describe(value)}, but must be an integer from 0 to 4294967295.`);
}

/** @throws {OptionError} unless it has the four fields, each an unsigned 32-bit integer, and no other */
export function checkRandomKey(where: string, key: RandomKey): void {
  const known = { seed: true, stream: true, call: true, step: true } as const;
  checkOptions(`${where}: key`, key, known, `${where}({ seed: 1, stream: streams.noise, call: 0, step: 0 }, ...)`);
  for (const name of ['seed', 'stream', 'call', 'step'] as const) checkUint32(key[name], name);
}

/**
 * FNV-1a, 32 bit, over the UTF-8 bytes: turns a parameter's name into the `call` of its random key, so that a
 * parameter's first values hang on its name alone and not on how many others there are.
 *
 * Source: Fowler, Noll, Vo, draft-eastlake-fnv.
 *
 * @param name any text
 * @returns an unsigned 32-bit integer
 * @example
 * ```ts
 * hashName('foobar'); // 0xbf9cf968
 * ```
 */
export function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
