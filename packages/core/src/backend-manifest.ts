import type { Backend } from './backend.ts';
import { clipped, describe } from './describe.ts';
import { OptionError } from './errors.ts';
import type { Form, Options } from './kinds/kind.ts';
import { suggestion } from './nearest.ts';

/** What brings what a backend needs beyond its package. */
export interface BackendSetup {
  /** What it brings, in a line. */
  readonly doc: string;
  readonly options: Options;
  /**
   * @param log is told what is done, line by line
   * @returns the folder where it is
   * @throws {BackendError} saying what is missing, and what mends it
   */
  run(settings: object, log: (line: string) => void): Promise<string>;
}

/**
 * What a backend's package says of it, as `manifest` in its entry './manifest': enough that the command line, the checks
 * of all backends and benchmarks use it without knowing it. For Node: a page imports the factory alone.
 */
export interface BackendManifest {
  /** What people call it: 'wasm'; the factory has the same name. */
  readonly name: string;
  /** What it computes on, in a line. */
  readonly doc: string;
  /** Those of the factory. Of the same name they mean the same everywhere: `threads`, `maximumBytes`. */
  readonly options: Options;
  /** By how much of the largest value its results may differ from exact ones. */
  readonly tolerance: number;
  /** Other settings that must pass the same checks, by what they are. */
  readonly variants?: Readonly<Record<string, object>>;
  /** The shared libraries that it loads, by their files' names, and the variable that chooses others. */
  readonly libraries?: { readonly files: RegExp; readonly variable?: string };
  readonly setup?: BackendSetup;
  /** The factory, which checks its options. */
  make(options?: object): Backend;
  /** What else there is to tell, once it has been probed: a line each. */
  inspect?(): Promise<readonly string[]>;
}

/** A backend as a text: its name, and options after commas. */
export interface BackendText {
  name: string;
  /** 'threads=2' */
  options: string[];
}

/**
 * Takes a backend's text apart.
 *
 * @example
 * splitBackend('onednn,precision=bfloat16'); // { name: 'onednn', options: ['precision=bfloat16'] }
 */
export function splitBackend(text: string): BackendText {
  const [name = '', ...options] = text.split(',');
  return { name, options };
}

/**
 * Options from texts, each 'name=value'; of a flag the name alone will do.
 *
 * @param where what the error begins with: '--backend onednn'
 * @throws {OptionError} for an unknown name, with the nearest, one that is there twice, and a value that is none
 * @example
 * optionsFromTexts('wasm', ['threads=2', 'profile'], manifest.options); // { threads: 2, profile: true }
 */
export function optionsFromTexts(where: string, texts: readonly string[], options: Options): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const text of texts) {
    const place = text.includes('=') ? text.indexOf('=') : text.length;
    const [name, value] = [text.slice(0, place), text.slice(place)];
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (!option)
      throw new OptionError(
        `${where}: there is no option '${clipped(name)}'. ${suggestion(name, Object.keys(options))}`,
      );
    if (Object.hasOwn(settings, name)) throw new OptionError(`${where}: ${name} is given twice.`);
    const read = fromText(value, option.form);
    if (read === undefined)
      throw new OptionError(
        `${where}: ${name} is ${value === '' ? 'without a value' : describe(value.slice(1))}. Write ${name}=${exampleOf(option.form)}.`,
      );
    option.check(where, name, read);
    settings[name] = read;
  }
  return settings;
}

/** Decimal, not JavaScript's 0x10. */
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** What '=2' stands for, or nothing; undefined if it is no value of that form. */
function fromText(given: string, form: Form): number | boolean | string | undefined {
  const text = given.slice(1);
  if (form.is === 'flag') return given === '' || text === 'true' ? true : text === 'false' ? false : undefined;
  if (form.is === 'number') return decimal.test(text) ? Number(text) : undefined;
  return text !== '' && (form.is === 'text' || form.is === 'choice') ? text : undefined;
}

/** What an option may be, in a word or two, as a text. */
export function exampleOf(form: Form): string {
  if (form.is === 'number') return 'NUMBER';
  if (form.is === 'flag') return 'true|false';
  return form.is === 'choice' ? form.names.join('|') : 'TEXT';
}
