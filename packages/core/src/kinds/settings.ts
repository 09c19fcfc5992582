import { completed, exampleCall } from './define-kind.ts';
import type { Option, Options, Settings } from './kind.ts';

/**
 * Options of a function that is the factory of no kind, such as `wasm`: each name of their type has one, and no other.
 * `Open` are those that have no default.
 */
export type OptionsOf<Given extends object, Open extends keyof Given = never> = {
  readonly [Name in keyof Given]-?: Option<NonNullable<Given[Name]>, Name extends Open ? 'open' : 'filled'>;
};

/**
 * What a function is called with, with defaults filled in.
 *
 * @param where the function's name
 * @throws {OptionError} for anything but a record, an unknown option, with the nearest name, and an impossible value
 * @example
 * settingsOf('wasm', { threads: 2 }, wasmOptions); // { threads: 2, simd: 'auto', ... }
 */
export function settingsOf<Of extends Options>(where: string, given: unknown, options: Of): Settings<Of> {
  const kind = { type: where, options, call: exampleCall(where, options) };
  return completed(where, given, kind) as Settings<Of>; // checked by the options
}
