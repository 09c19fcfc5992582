import { styleText } from 'node:util';

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
  /** The result: a line for people, or the one JSON object. */
  result(text: string, json: object): void;
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
      if (!options.quiet) people(text);
    },
    detail: (text) => {
      if (options.verbose) people(styleText('dim', text, { stream }));
    },
    result(text, json) {
      if (options.json) process.stdout.write(`${JSON.stringify(json)}\n`);
      else people(text);
    },
  };
}

/** `60,000` */
export const count = (value: number): string => value.toLocaleString('en-US');

/** `98.93%` */
export const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;

/** `label     text` in two columns. */
export const field = (label: string, text: string, width = 10): string => `${label.padEnd(width)}${text}`;
