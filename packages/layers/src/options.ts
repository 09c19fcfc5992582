import { OptionError, suggestion, type Pair } from '@striate/core';

/**
 * Options with their defaults filled in, after a check that none is missing or unknown. What comes out is what a
 * layer is saved with, so that later versions may have other defaults.
 *
 * @param optional names of options that may stay undefined
 * @throws {OptionError} for a missing or an unknown option (with the nearest name).
 */
export function resolveOptions<Options extends object, Defaults extends Partial<Options>>(
  where: string,
  options: Options,
  required: readonly (keyof Options & string)[],
  defaults: Defaults,
  optional: readonly (keyof Options & string)[] = [],
): Options & Required<Pick<Options, keyof Defaults & keyof Options>> {
  const known = [...required, ...Object.keys(defaults), ...optional, 'name', 'trainable'];
  const missing = required.find((option) => options[option] === undefined);
  if (missing !== undefined) throw new OptionError(`${where}: the option ${missing} is missing.`);
  const unknown = Object.keys(options).find((option) => !known.includes(option));
  if (unknown !== undefined)
    throw new OptionError(`${where}: there is no option '${unknown}'. ${suggestion(unknown, known)}`);
  return { ...defaults, ...options } as Options & Required<Pick<Options, keyof Defaults & keyof Options>>;
}

/**
 * @throws {OptionError} unless each value is a whole number of at least 1, or where pairs are allowed, two of them.
 */
export function checkCounts(where: string, values: Record<string, number | Pair>): void {
  for (const [option, value] of Object.entries(values)) {
    const numbers = Array.isArray(value) ? (value as readonly number[]) : [value as number];
    const fits =
      (numbers.length === 2 || !Array.isArray(value)) &&
      numbers.every((number) => Number.isInteger(number) && number >= 1);
    if (!fits)
      throw new OptionError(
        `${where}: ${option} is ${JSON.stringify(value)}, but must be a whole number of at least 1.`,
      );
  }
}

/** @throws {OptionError} unless `minimum <= value < limit`. */
export function checkRange(where: string, option: string, value: number, minimum: number, limit: number): void {
  if (typeof value === 'number' && value >= minimum && value < limit) return;
  const range = limit === Infinity ? `at least ${minimum}` : `at least ${minimum} and less than ${limit}`;
  throw new OptionError(`${where}: ${option} is ${JSON.stringify(value)}, but must be ${range}.`);
}

/** @throws {OptionError} unless the value is one of the known names. */
export function checkChoice(where: string, option: string, value: string, known: readonly string[]): void {
  if (known.includes(value)) return;
  throw new OptionError(`${where}: ${option} is ${JSON.stringify(value)}. ${suggestion(String(value), known)}`);
}

/** @throws {OptionError} unless the value is true or false. */
export function checkFlag(where: string, option: string, value: boolean): void {
  if (typeof value === 'boolean') return;
  throw new OptionError(`${where}: ${option} is ${JSON.stringify(value)}, but must be true or false.`);
}
