import { OptionError, describe } from '@striate/core';

/** @throws {OptionError} unless it is left out or an AbortSignal, saying what to write */
export function checkSignal(where: string, signal: unknown): asserts signal is AbortSignal | undefined {
  if (signal === undefined) return;
  const isObject = typeof signal === 'object' && signal !== null;
  if (isObject && 'aborted' in signal && 'throwIfAborted' in signal) return;
  const advice =
    isObject && 'signal' in signal ? 'Write signal: controller.signal.' : 'Write signal: AbortSignal.timeout(60_000).';
  throw new OptionError(`${where}: signal is ${describe(signal)}, but must be an AbortSignal. ${advice}`);
}
