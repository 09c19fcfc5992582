import { describe } from './describe.ts';
import { OptionError } from './errors.ts';
import { suggestion } from './nearest.ts';
import type { Pair } from './shape.ts';

/** @throws {OptionError} unless each value is a whole number of at least 1, or where pairs are allowed, two of them. */
export function checkCounts(where: string, values: Readonly<Record<string, number | Pair>>): void {
  for (const [option, value] of Object.entries(values)) {
    const numbers = Array.isArray(value) ? (value as readonly number[]) : [value as number];
    const fits =
      (numbers.length === 2 || !Array.isArray(value)) &&
      numbers.every((number) => Number.isSafeInteger(number) && number >= 1);
    if (!fits)
      throw new OptionError(`${where}: ${option} is ${describe(value)}, but must be a whole number of at least 1.`);
  }
}

/** @throws {OptionError} unless `minimum <= value < limit`. */
export function checkRange(where: string, option: string, value: number, minimum: number, limit: number): void {
  if (typeof value === 'number' && value >= minimum && value < limit) return;
  const range = limit === Infinity ? `finite and at least ${minimum}` : `at least ${minimum} and less than ${limit}`;
  throw new OptionError(`${where}: ${option} is ${describe(value)}, but must be ${range}.`);
}

/** @throws {OptionError} unless the value is one of the known names. */
export function checkChoice(where: string, option: string, value: string, known: readonly string[]): void {
  if (known.includes(value)) return;
  throw new OptionError(`${where}: ${option} is ${describe(value)}. ${suggestion(String(value), known)}`);
}

/** @throws {OptionError} unless the value is true or false. */
export function checkFlag(where: string, option: string, value: boolean): void {
  if (typeof value === 'boolean') return;
  throw new OptionError(`${where}: ${option} is ${describe(value)}, but must be true or false.`);
}

/** @throws {OptionError} unless the value is a text that is not empty. */
export function checkText(where: string, option: string, value: string): void {
  if (typeof value === 'string' && value !== '') return;
  throw new OptionError(`${where}: ${option} is ${describe(value)}, but must be a text that is not empty.`);
}

/** @throws {OptionError} unless the value is a function. */
export function checkFunction(where: string, option: string, value: (...inputs: never[]) => unknown): void {
  if (typeof value === 'function') return;
  throw new OptionError(`${where}: ${option} is ${describe(value)}, but must be a function.`);
}
