import { OptionError, checkFlag, checkOptionNames, describe } from '@striate/core';
import type { LayerOptions } from './layer-function.ts';

/**
 * Options with their defaults filled in, after a check that none is missing or unknown. What comes out is what a
 * layer is saved with, so that later versions may have other defaults.
 *
 * @param optional names of options that may stay undefined
 * @throws {OptionError} for a missing or an unknown option (with the nearest name).
 */
export function resolveOptions<Options extends object, Defaults extends Partial<Options>>(
  where: string,
  options: Options,
  required: readonly (keyof Options & string)[],
  defaults: Defaults,
  optional: readonly (keyof Options & string)[] = [],
): Options & Required<Pick<Options, keyof Defaults & keyof Options>> {
  checkOptionNames(where, options, [...required, ...Object.keys(defaults), ...optional, 'name', 'trainable']);
  const { name, trainable } = options as LayerOptions;
  if (name !== undefined) checkName(where, name);
  if (trainable !== undefined) checkFlag(where, 'trainable', trainable);
  const missing = required.find((option) => options[option] === undefined);
  if (missing !== undefined) throw new OptionError(`${where}: the option ${missing} is missing.`);
  return { ...defaults, ...options } as Options & Required<Pick<Options, keyof Defaults & keyof Options>>;
}

/** @throws {OptionError} unless a layer's or model's name is a text without ':', which marks further calls of a layer. */
export function checkName(where: string, name: unknown): asserts name is string {
  if (typeof name === 'string' && /^[^:]+$/.test(name)) return;
  throw new OptionError(`${where}: name is ${describe(name)}, but must be a text without ':'.`);
}
