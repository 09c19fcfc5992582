import { OptionError } from './errors.ts';
import { suggestion } from './nearest.ts';

/**
 * Checks that options have no name that nobody reads: a mistyped one would be ignored where no compiler looks on.
 *
 * @param known every option's name; the compiler sees to it that none is left out
 * @throws {OptionError} for a name that is not known
 * @example
 * checkOptionNames('wasm', { thread: 2 }, { threads: true }); // wasm: there is no option 'thread'. Did you mean 'threads'? ..
 */
export function checkOptionNames<Options extends object>(
  where: string,
  options: Options,
  known: { readonly [Name in keyof Required<Options>]: true },
): void {
  const names = Object.keys(known);
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new OptionError(`${where}: there is no option '${unknown}'. ${suggestion(unknown, names)}`);
  }
}
