import { OptionError, checkCalled, checkOptionNames, describe, isRecord, recordAdvice, type Json } from '@striate/core';

/** A penalty as data: a type and its options. */
export interface RegularizerRecord {
  readonly type: string;
  readonly [option: string]: Json | undefined;
}

/** A constraint as data: a type and its options. */
export interface ConstraintRecord {
  readonly type: string;
  readonly [option: string]: Json | undefined;
}

/** Checks the options of records of one type; throws {@link OptionError}. */
export type RecordCheck = (where: string, record: RegularizerRecord | ConstraintRecord) => void;

/** One type of a family. */
export interface RecordKind {
  /** Its options, with their defaults. */
  defaults: Readonly<Record<string, Json>>;
  check: RecordCheck;
}

/** What is expected of a record and a bare function. */
export interface Family {
  /** 'penalty' */
  noun: string;
  /** '(x) => scalar' */
  signature: string;
  /** By type. */
  kinds: Readonly<Record<string, RecordKind>>;
}

/**
 * A record of a type with the options that are given, and defaults for the others.
 *
 * @throws {OptionError} for an option that the type does not have, or an impossible value
 */
export function makeRecord({ kinds }: Family, type: string, options: object): RegularizerRecord {
  const { defaults, check } = kinds[type]!;
  checkOptionNames(type, options, Object.keys(defaults));
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const record = { type, ...defaults, ...(Object.fromEntries(given) as Readonly<Record<string, Json>>) };
  check(type, record);
  return record;
}

/** @throws {OptionError} unless the value is a function, or a record of a known type with possible options. */
export function checkRecord(where: string, option: string, value: unknown, family: Family): void {
  if (typeof value === 'function') return checkCalled(where, option, value as (...inputs: never[]) => unknown);
  const { type, ...options }: { type?: unknown } = isRecord(value) ? value : {};
  const { noun, signature, kinds } = family;
  if (typeof type === 'string' && Object.hasOwn(kinds, type)) {
    const { defaults, check } = kinds[type]!;
    checkOptionNames(`${where}: ${option}`, options, Object.keys(defaults));
    check(`${where}: ${option}`, value as RegularizerRecord);
    return;
  }
  throw new OptionError(
    `${where}: ${option} is ${describe(type === undefined ? value : { type })}, which is no known ${noun}. ${recordAdvice(type ?? value, Object.keys(kinds))} A function ${signature} works too.`,
  );
}

/** @throws {OptionError} unless each of these options is a finite number in [minimum, maximum]. */
export function checkNumbers(
  where: string,
  record: RegularizerRecord,
  options: readonly string[],
  maximum: number = Infinity,
): void {
  for (const option of options) {
    const value = record[option];
    if (typeof value === 'number' && value >= 0 && value <= maximum && value < Infinity) continue;
    const range = maximum === Infinity ? 'finite and at least 0' : `from 0 to ${maximum}`;
    throw new OptionError(`${where}: ${option} is ${describe(value)}, but must be ${range}.`);
  }
}
