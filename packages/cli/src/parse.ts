import { OptionError, suggestion } from '@striate/core';
import { splitBackend } from '@striate/core/backend';
import { InvalidArgumentError } from 'commander';
import { backendNames, ownBackends } from './backends.ts';

/** Reads a whole number of at least `minimum` and at most `maximum` from the command line. */
export function wholeNumber(minimum: number, maximum: number = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = decimal(text);
    if (Number.isSafeInteger(value) && value >= minimum && value <= maximum) return value;
    const end = maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
    throw new InvalidArgumentError(`It must be a whole number ${end}.`);
  };
}

/** Reads a share: a number from 0 to below 1. */
export function share(text: string): number {
  const value = decimal(text);
  if (value >= 0 && value < 1) return value;
  throw new InvalidArgumentError('It must be a share from 0 to below 1, such as 0.05.');
}

/** Reads a number above 0. */
export function positiveNumber(text: string): number {
  const value = decimal(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('It must be a number above 0.');
}

/** A number as people write it; NaN for others, such as JavaScript's 0x10 and ''. */
function decimal(text: string): number {
  return /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i.test(text) ? Number(text) : NaN;
}

/** Reads one of some names; an unknown one is answered with the nearest. */
export function oneOf(names: readonly string[]): (text: string) => string {
  return (text) => {
    if (names.includes(text)) return text;
    throw new InvalidArgumentError(suggestion(text, names));
  };
}

/**
 * Reads what says which backend: only whether its name can be one is known before its package is loaded.
 *
 * @throws {OptionError} for a name that is neither ours nor that of a package, and for options of 'auto'
 */
export function backendText(text: string): string {
  const { name, options } = splitBackend(text);
  if (name === 'auto' && options.length > 0)
    throw new OptionError("auto has no options of its own. Name the backend: 'onednn,threads=2'.");
  checkBackendName(name, backendNames);
  return text;
}

/** Reads a backend's name: one of ours, or a package. */
export function backendName(name: string): string {
  checkBackendName(name, ownBackends);
  return name;
}

function checkBackendName(name: string, known: readonly string[]): void {
  if (known.includes(name) || /^@[\w.-]+\/[\w.-]+$/.test(name)) return;
  throw new OptionError(`${suggestion(name, known)} A package of others has its whole name: @me/backend-mine.`);
}

/** A reading for commander, whose own errors name the option. */
export function readWith<Value>(read: (text: string) => Value): (text: string) => Value {
  return (text) => {
    try {
      return read(text);
    } catch (error) {
      throw error instanceof OptionError ? new InvalidArgumentError(error.message) : error;
    }
  };
}
