import { OptionError } from './errors.ts';
import { suggestion } from './nearest.ts';

const factories = new WeakMap<object, string>();

/** Remembers functions that make records, such as `l2`, so that one which was not called is told from a function of use. */
export function rememberFactories(byName: Readonly<Record<string, (...options: never[]) => unknown>>): void {
  for (const [name, factory] of Object.entries(byName)) factories.set(factory, name);
}

/**
 * @param option 'kernelRegularizer'
 * @throws {OptionError} if a function is one that makes records: it was not called
 */
export function checkCalled(where: string, option: string, value: (...inputs: never[]) => unknown): void {
  const name = factories.get(value);
  if (name === undefined) return;
  throw new OptionError(`${where}: ${option} is the function ${name} itself, which was not called. Write ${name}().`);
}

/** What to write instead of a value that is no record of a known type: `Write l2().` */
export function recordAdvice(value: unknown, known: readonly string[]): string {
  if (typeof value !== 'string') return `Known: ${known.join(', ')}.`;
  return known.includes(value) ? `Write ${value}().` : suggestion(value, known);
}
