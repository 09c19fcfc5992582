import { readFileSync } from 'node:fs';
import { DataError } from '@striate/core';
import { CommanderError, type Command } from 'commander';
import { commandName } from './command-line.ts';
import { report } from './report.ts';
import { StriateCommand, shortened } from './striate-command.ts';
import { visibleLines } from './visible.ts';

/** A command's options and action; loaded only when that command is called, since most import the engine. */
interface CommandModule {
  define(command: Command): void | Promise<void>;
}

const commands: Record<string, { description: string; load: () => Promise<CommandModule> }> = {
  train: {
    description: 'train a model, test it, and save it with all that `predict` needs',
    load: () => import('./commands/train.ts'),
  },
  evaluate: {
    description: 'measure loss and accuracy of a saved model on a test set',
    load: () => import('./commands/evaluate.ts'),
  },
  predict: {
    description: 'classify pictures with a saved model',
    load: () => import('./commands/predict.ts'),
  },
  summary: {
    description: 'show layers, output shapes, neurons, parameters and multiply-adds of a model',
    load: () => import('./commands/summary.ts'),
  },
  doctor: {
    description: 'tell which backends work here, and why others do not',
    load: () => import('./commands/doctor.ts'),
  },
  setup: {
    description: 'install what a backend needs beyond its package',
    load: () => import('./commands/setup.ts'),
  },
};

const examples = `
Examples:
  $ ${commandName()} train --model lenet5 --data mnist --epochs 8
  $ ${commandName()} predict --model runs/lenet5-mnist digit.png
  $ ${commandName()} help train`;

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const program = new StriateCommand('striate')
  .description('Train, evaluate and use convolutional networks.')
  .version(version)
  .option('--json', 'print one JSON object as the last line; other lines go to standard error')
  .option('--quiet', 'print the result only')
  .option('--verbose', 'print details, and the stack of an error')
  .helpCommand('help [command]', 'show the help of a command')
  .addHelpText('after', examples)
  .configureHelp({ showGlobalOptions: true, subcommandTerm: (command) => command.name() })
  .configureOutput({
    outputError: (text, write) => write(visibleLines(shortened(text).replace(/^error: /, 'striate: '))),
  })
  .showHelpAfterError('Add --help to see what is possible.')
  .exitOverride()
  .hook('preSubcommand', async (_program, command) => (await commands[command.name()]!.load()).define(command));
for (const [name, { description }] of Object.entries(commands)) program.command(name).description(description);

// A reader of people's lines that has seen enough, such as `head`, ends the program without a word. Whoever asks for JSON
// asks for all of it, and is told by `result`.
const endsWithReader = !process.argv.includes('--json');
let failure: Error | undefined;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Other errors, such as a terminal that was closed, must not keep training from saving.
  failure ??= error;
  if (error.code === 'EPIPE' && endsWithReader) process.exit(141);
});
process.stderr.on('error', () => undefined);
process.on('exit', (code) => {
  // Results say so themselves; this is for help and the like.
  if (code !== 0 || !failure) return;
  process.exitCode = 1;
  report(new DataError(`standard output could not be written (${failure.message}).`));
});
process.on('uncaughtException', (error) => {
  report(error);
  process.exit(1);
});

try {
  await program.parseAsync(withHelp(process.argv.slice(2)), { from: 'user' });
} catch (error) {
  process.exitCode = error instanceof CommanderError && error.exitCode === 0 ? 0 : 1;
  if (process.exitCode === 1) report(error);
}

/** No words at all ask for help, and `help train` is `train --help`, whose options are loaded on the way. */
function withHelp(words: readonly string[]): readonly string[] {
  const [first, second] = words;
  if (first === undefined) return ['--help'];
  return first === 'help' && second !== undefined && !second.startsWith('-') ? [second, '--help'] : words;
}
