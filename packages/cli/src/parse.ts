import { InvalidArgumentError } from 'commander';

/** Reads a whole number of at least `minimum` from the command line. */
export function wholeNumber(minimum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= minimum) return value;
    throw new InvalidArgumentError(`It must be a whole number of at least ${minimum}.`);
  };
}

/** Reads a number above `minimum` and below `limit`. */
export function numberBetween(minimum: number, limit: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= minimum && value < limit) return value;
    throw new InvalidArgumentError(`It must be a number from ${minimum} to below ${limit}.`);
  };
}
