import { memory } from '@striate/core';
import type { WrongCall } from './draw-wrong-calls.ts';
import type { RightCall } from './right-call.ts';

const ourErrors = new Set(['OptionError', 'ShapeError', 'DataError', 'BackendError', 'NumericError']);
/** One screen. */
const most = { characters: 1000, lines: 20 };

/**
 * Makes a wrong call.
 *
 * @returns what is wrong with its outcome; undefined if it is an error of ours, of one screen, that leaves no tensor
 */
export async function tryWrongCall({ call }: RightCall, { args }: WrongCall): Promise<string | undefined> {
  const given = args();
  const before = memory().numTensors;
  try {
    const made: unknown = await call(...(given as never[]));
    return `was accepted, and gave ${typeof made}`;
  } catch (error) {
    if (!(error instanceof Error)) return `threw no error, but ${String(error)}`;
    const { name, message } = error;
    if (!ourErrors.has(name)) return `threw no error of ours, but ${name}: ${message.slice(0, 200)}`;
    const lines = message.split('\n').length;
    if (message.length > most.characters || lines > most.lines)
      return `threw ${message.length} characters in ${lines} lines: ${message.slice(0, 100)}`;
    const left = memory().numTensors - before;
    return left === 0 ? undefined : `left ${left} tensors behind; it threw ${message.slice(0, 200)}`;
  }
}
