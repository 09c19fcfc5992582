import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { addDoctor } from './commands/doctor.ts';
import { addEvaluate } from './commands/evaluate.ts';
import { addPredict } from './commands/predict.ts';
import { addSummary } from './commands/summary.ts';
import { addTrain } from './commands/train.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const program = new Command('striate')
  .description('Train, evaluate and use convolutional networks.')
  .version(version)
  .showHelpAfterError('Add --help to see what is possible.')
  .exitOverride();
for (const add of [addTrain, addEvaluate, addPredict, addSummary, addDoctor]) add(program);
// Options of the program reach its commands only when they are made; their exits must be ours too.
for (const command of program.commands)
  command.exitOverride().showHelpAfterError('Add --help to see what is possible.');

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 1;
  } else {
    process.exitCode = 1;
    report(error);
  }
}

function report(error: unknown): void {
  const known = error instanceof Error ? error : new Error(String(error));
  process.stderr.write(`striate: ${known.message}\n`);
  if (process.argv.includes('--verbose')) process.stderr.write(`${known.stack}\n`);
}
