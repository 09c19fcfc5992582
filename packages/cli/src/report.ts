import { CommanderError } from 'commander';
import { asFlags } from './as-flags.ts';
import { shortened } from './striate-command.ts';
import { visible, visibleLines } from './visible.ts';

/** Errors that tell the person what to mend; others are defects of ours. */
const expected = new Set(['ShapeError', 'OptionError', 'BackendError', 'DataError', 'NumericError']);

/**
 * Prints an error for people on standard error, and with --json as an object on standard output, so that the last line
 * is one there too. The stack comes with --verbose alone. Reads the command line itself: the error may be in there.
 */
export function report(error: unknown, words: readonly string[] = process.argv): void {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  // Commander has said its own errors already.
  const isSaid = error instanceof CommanderError;
  const told = isSaid ? shortened(message).replace(/^error: /, '') : asFlags(message, words);
  if (!isSaid) {
    process.stderr.write(`striate: ${visibleLines(explained(error, name, told))}\n`);
    if (words.includes('--verbose')) process.stderr.write(`${visibleLines(stack ?? '')}\n`);
  }
  if (words.includes('--json'))
    process.stdout.write(`${visible(JSON.stringify({ error: { name, message: told } }))}\n`);
}

function explained(error: unknown, name: string, message: string): string {
  const isExpected = expected.has(name) || (error instanceof Error && 'code' in error);
  return isExpected ? message : `${name}: ${message} (not foreseen: please report it with the output of --verbose)`;
}
