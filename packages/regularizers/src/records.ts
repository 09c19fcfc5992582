import { OptionError, suggestion, type Json } from '@striate/core';

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

/** What is expected of a record and a bare function. */
export interface Family {
  /** 'penalty' */
  noun: string;
  /** '(x) => scalar' */
  signature: string;
  /** By type. */
  checks: Readonly<Record<string, RecordCheck>>;
}

/** @throws {OptionError} unless the value is a function, or a record of a known type with possible options. */
export function checkRecord(where: string, option: string, value: unknown, family: Family): void {
  if (typeof value === 'function') return;
  const record = value as RegularizerRecord | null;
  const type: unknown = record?.type;
  const { noun, signature, checks } = family;
  if (typeof type === 'string' && Object.hasOwn(checks, type)) {
    checks[type]!(`${where}: ${option}`, record!);
    return;
  }
  throw new OptionError(
    `${where}: ${option} is ${JSON.stringify(value)}, which is no known ${noun}. ${suggestion(String(type), Object.keys(checks))} A function ${signature} works too.`,
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
    throw new OptionError(`${where}: ${option} is ${JSON.stringify(value)}, but must be ${range}.`);
  }
}
