import { OptionError, checkOptionNames, describe, isRecord } from '@striate/core';

/** A record with functions that an option takes: a loss, a metric, an optimiser. */
export interface RecordKind {
  /** What the option takes, for errors: 'a loss'. */
  what: string;
  /** The functions that it must have. */
  functions: readonly string[];
  /** All names that it may have. */
  names: readonly string[];
  /** The names of the options of those that come with this package, by type. */
  options: Readonly<Record<string, readonly string[]>>;
  /** How the option is written: 'loss: crossEntropy()'. */
  examples: string;
}

/** Whether a value can be used as such a record. */
export function isRecordOf({ functions }: RecordKind, value: unknown): boolean {
  return isRecord(value) && functions.every((name) => typeof value[name] === 'function');
}

/**
 * Checks a record that was made by hand or by a factory.
 *
 * @param where function and option, 'fit: loss'
 * @throws {OptionError} if it is none, or has a name or an option that nobody reads
 */
export function checkRecord(where: string, kind: RecordKind, value: unknown): void {
  if (!isRecordOf(kind, value)) {
    throw new OptionError(`${where} is ${named(value)}, but must be ${kind.what}. Write ${kind.examples}.`);
  }
  const record = value as Readonly<Record<string, unknown>>; // checked
  if (typeof record['type'] !== 'string')
    throw new OptionError(`${where}: its type is ${describe(record['type'])}, but must be a text.`);
  checkOptionNames(where, record['options'], Object.keys(record['options'] ?? {}), kind.examples);
  // What belongs to a class of somebody's own is its own business.
  if (Object.getPrototypeOf(record) !== Object.prototype) return;
  checkOptionNames(where, record, kind.names);
  const known = Object.hasOwn(kind.options, record['type']) ? kind.options[record['type']] : undefined;
  if (known) checkOptionNames(`${where}: options of ${record['type']}`, record['options'], known);
}

/** A value in a few words; a function by its name, since it was probably meant to be called. */
export function named(value: unknown): string {
  const isFactory = typeof value === 'function' && value.name !== '' && !('nodes' in value || 'type' in value);
  return isFactory ? `the function ${value.name}, which was not called: ${value.name}()` : describe(value);
}
