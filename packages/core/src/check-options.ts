import { clipped, describe, isTensor } from './describe.ts';
import { OptionError } from './errors.ts';
import { suggestion } from './nearest.ts';

/**
 * Checks that options are a record without a name that nobody reads: a misspelt one would be ignored where no compiler
 * looks on.
 *
 * @param where the function, 'adam'
 * @param known every option's name; the compiler sees to it that none is left out
 * @param example how the call should look, for what is no record at all
 * @throws {OptionError} for anything but a record, and for a name that is not known
 * @example
 * checkOptions('wasm', { thread: 2 }, { threads: true }); // wasm: there is no option 'thread'. Did you mean 'threads'? ..
 */
export function checkOptions<Options extends object>(
  where: string,
  options: Options,
  known: { readonly [Name in keyof Required<Options>]: true },
  example?: string,
): void {
  checkOptionNames(where, options, Object.keys(known), example);
}

/** {@link checkOptions} with a list of names, for options that are not one type. */
export function checkOptionNames(where: string, options: unknown, known: readonly string[], example?: string): void {
  if (!isRecord(options)) {
    const form = example ?? (known[0] === undefined ? `${where}()` : `${where}({ ${known[0]} })`);
    throw new OptionError(`${where}: its options are ${describe(options)}, but must be a record. Write ${form}.`);
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new OptionError(`${where}: there is no option '${clipped(unknown)}'. ${suggestion(unknown, known)}`);
}

/** Whether a value is a record: no list, function, tensor, array, date or promise. One of another realm is one too. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  try {
    return Object.prototype.toString.call(value) === '[object Object]' && !isTensor(value);
  } catch {
    return false; // a proxy that was revoked, or whose traps throw
  }
}
