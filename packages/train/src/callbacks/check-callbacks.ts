import { OptionError, clipped, describe, isRecord, suggestion } from '@striate/core';
import type { Callback } from './callback.ts';

const hooks: Readonly<Record<keyof Callback, true>> = {
  onBegin: true,
  onStep: true,
  onEpochEnd: true,
  onEnd: true,
  lastCheckpoint: true,
};
const hookNames = Object.keys(hooks);

/** @throws {OptionError} unless it is a list of callbacks whose hooks are known, saying what to write */
export function checkCallbacks(where: string, value: unknown): asserts value is readonly Callback[] {
  if (!Array.isArray(value)) {
    throw new OptionError(`${where} is ${named(value)}, but must be a list. Write callbacks: [checkpoints('runs/a')].`);
  }
  for (const [place, callback] of (value as readonly unknown[]).entries())
    checkCallback(`${where}[${place}]`, callback);
}

function checkCallback(where: string, callback: unknown): void {
  if (!isRecord(callback)) {
    throw new OptionError(
      `${where} is ${named(callback)}, but must be a record with ${hookNames.join(', ')}. ` +
        "Write callbacks: [checkpoints('runs/a'), { onEpochEnd: ({ record }) => console.log(record) }].",
    );
  }
  // What belongs to a class of somebody's own is its own business; what looks like a hook must be one.
  const isPlain = Object.getPrototypeOf(callback) === Object.prototype;
  const unknown = Object.keys(callback).find((name) => !hookNames.includes(name) && (isPlain || isLikeHook(name)));
  if (unknown !== undefined)
    throw new OptionError(`${where}: there is no hook '${clipped(unknown)}'. ${suggestion(unknown, hookNames)}`);
  const odd = hookNames.find((name) => callback[name] !== undefined && typeof callback[name] !== 'function');
  if (odd !== undefined)
    throw new OptionError(`${where}: ${odd} is ${describe(callback[odd])}, but must be a function.`);
  if (hookNames.some((name) => callback[name] !== undefined)) return;
  throw new OptionError(`${where}: has none of ${hookNames.join(', ')}, so that it would never be called.`);
}

function isLikeHook(name: string): boolean {
  const lower = name.toLowerCase();
  return /^on[A-Z_]/.test(name) || hookNames.some((hook) => hook.toLowerCase() === lower);
}

/** A value in a few words; a function by its name, since it was probably meant to be called. */
function named(value: unknown): string {
  const isFactory = typeof value === 'function' && value.name !== '';
  return isFactory ? `the function ${value.name}, which was not called: ${value.name}()` : describe(value);
}
