import { Option, type Command } from 'commander';
import { wholeNumber } from '../parse.ts';
import { backends, type BackendChoice } from '../backends.ts';
import { createOutput, type Output, type OutputOptions } from '../output.ts';

/** Options that every command has. */
export type CommonOptions = OutputOptions;

/** Options of commands that compute. */
export type ComputeOptions = CommonOptions & BackendChoice;

/** Adds --json, --quiet and --verbose. */
export function withCommonOptions(command: Command): Command {
  return command
    .addOption(new Option('--json', 'print one JSON object as the last line; other lines go to standard error'))
    .addOption(new Option('--quiet', 'print the result only').conflicts('verbose'))
    .addOption(new Option('--verbose', 'print details, and the stack of an error'));
}

/** Adds --backend and --threads too. */
export function withComputeOptions(command: Command): Command {
  return withCommonOptions(command)
    .option('--backend <name>', `where to compute: ${Object.keys(backends).join(', ')}`, 'wasm')
    .option('--threads <count>', 'threads (default: as many as there are cores)', wholeNumber(1));
}

/** The output that the options ask for. */
export function outputFor(options: OutputOptions): Output {
  return createOutput(options);
}
