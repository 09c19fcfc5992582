import { styleText } from 'node:util';
import { DataError } from '@striate/core';
import { visible, visibleLines } from './visible.ts';

/** How much a command says. */
export interface OutputOptions {
  quiet?: boolean;
  verbose?: boolean;
  json?: boolean;
}

/** Where a command's words go: people's lines, details for --verbose, and the last line for --json. */
export interface Output {
  /** A line for people; not with --quiet. With --json it goes to standard error. */
  line(text?: string): void;
  /** A line for --verbose. */
  detail(text: string): void;
  /**
   * The result: a line for people, or the one JSON object, in which control characters are escaped, all of them.
   *
   * @param kept where what was done is, should the result get lost: 'The model is in runs/a/model.'
   * @throws {DataError} if standard output does not take it: a full disk, a reader that is gone
   */
  result(text: string, json: object, kept?: string): Promise<void>;
  readonly options: OutputOptions;
}

/** The output that the options ask for. */
export function createOutput(options: OutputOptions): Output {
  const stream = options.json ? process.stderr : process.stdout;
  const people = (text: string): void => {
    stream.write(`${text}\n`);
  };
  return {
    options,
    line: (text = '') => {
      if (!options.quiet) people(visibleLines(text));
    },
    detail: (text) => {
      if (options.verbose) people(styleText('dim', visibleLines(text), { stream }));
    },
    async result(text, json, kept = '') {
      const line = options.json ? visible(JSON.stringify(json)) : visibleLines(text);
      const cause = await written(`${line}\n`);
      if (!cause) return;
      throw new DataError(
        `the result could not be written to standard output (${cause.message}).${kept && ` ${kept}`} It would have been: ${line.slice(0, 500)}`,
        { cause },
      );
    },
  };
}

/** Writes to standard output; what kept it from that, or undefined. */
function written(text: string): Promise<Error | undefined> {
  return new Promise((resolve) => {
    process.stdout.write(text, (error) => resolve(error ?? undefined));
  });
}

/** `60,000` */
export const count = (value: number): string => value.toLocaleString('en-US');

/** `98.93%` */
export const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;

/** `label     text` in two columns. */
export const field = (label: string, text: string, width = 10): string => `${label.padEnd(width)}${text}`;
