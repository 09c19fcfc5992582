import { Option, type Command } from 'commander';
import { backendNames, type BackendChoice } from '../backends.ts';
import { commandName } from '../command-line.ts';
import { datasets } from '../datasets.ts';
import type { OutputOptions } from '../output.ts';
import { backendText, oneOf, readWith, wholeNumber } from '../parse.ts';

/** Options of commands that compute. */
export type ComputeOptions = OutputOptions & BackendChoice;

/** Adds --backend, --threads and --memory. */
export function withComputeOptions(command: Command): Command {
  return command
    .addOption(backendOption('where to compute', backendNames).default('wasm'))
    .option('--threads <count>', 'threads (default: as many as there are cores)', wholeNumber(1, 256))
    .option('--memory <MiB>', 'most memory for tensors (default: 4096)', wholeNumber(1, 4096));
}

/** Options of commands that read a data set. */
export interface DataOptions {
  data: string;
  directory?: string;
}

/** Adds --data and --directory. */
export function withDataOptions(command: Command): Command {
  return command
    .addOption(named('--data', 'data set', Object.keys(datasets)).default('mnist'))
    .option('--directory <path>', "folder with the data set's files");
}

/** --backend; options may follow the name. */
function backendOption(description: string, names: readonly string[]): Option {
  return new Option('--backend <name>', `${description}: ${names.join(', ')}`).argParser(readWith(backendText));
}

/** An option whose value is one of some names. */
export function named(flag: string, description: string, names: readonly string[]): Option {
  return new Option(`${flag} <name>`, `${description}: ${names.join(', ')}`).argParser(oneOf(names));
}

/** The ending of a help text: command lines that can be typed as they are. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${commandName()} ${line}`).join('\n')}`;
}
