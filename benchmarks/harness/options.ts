// Values of the command line's options: read, or refused with what they may be.

/** Reads one name, such as that of a backend. */
export function oneOf<Name extends string>(option: string, text: string, known: readonly Name[]): Name {
  const found = known.find((name) => name === text);
  if (found === undefined) throw new Error(`--${option} is '${text}', but must be one of ${known.join(', ')}.`);
  return found;
}

/** Reads names with commas between them. */
export const someOf = <Name extends string>(option: string, text: string, known: readonly Name[]): Name[] =>
  text.split(',').map((name) => oneOf(option, name, known));

/** Reads a whole number from 1 on. */
export function count(option: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`--${option} is '${text}', but must be a whole number from 1 on.`);
}

/** Reads whole numbers from 1 on with commas between them. */
export const counts = (option: string, text: string): number[] => text.split(',').map((part) => count(option, part));

/** Reads a whole number from 0 on, such as a seed. */
export function wholeNumber(option: string, text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(number) && number >= 0) return number;
  throw new Error(`--${option} is '${text}', but must be a whole number from 0 on.`);
}

/** Reads whole numbers from 0 on with commas between them. */
export const wholeNumbers = (option: string, text: string): number[] =>
  text.split(',').map((part) => wholeNumber(option, part));
