import { Option, type Command } from 'commander';
import { models } from '@striate/zoo';
import { describeKinds, optimizerText, optimizers, scheduleNames, scheduleText, schedules } from '../optimizers.ts';
import { createOutput } from '../output.ts';
import { positiveNumber, readWith, share, wholeNumber } from '../parse.ts';
import { train } from '../train.ts';
import { examples, named, withComputeOptions, withDataOptions } from './common.ts';

/** `striate train`: trains a model of the zoo, tests it, and saves it. */
export function define(command: Command): void {
  command.addOption(named('--model', 'model', Object.keys(models)).default('lenet5'));
  withDataOptions(command)
    .option('--epochs <count>', 'epochs in all, those before --resume included', wholeNumber(1, 1e6), 6)
    .option('--batch <size>', 'images a step', wholeNumber(1, 1e6), 64)
    .option('--seed <number>', 'all randomness depends on it', wholeNumber(0, 2 ** 32 - 1), 1)
    .addOption(withOptions('--optimizer', 'optimizer', Object.keys(optimizers), optimizerText).default('adam'))
    .option('--learning-rate <number>', 'learning rate (default: 0.001, for sgd 0.01)', positiveNumber)
    .addOption(withOptions('--schedule', 'learning rate schedule', scheduleNames, scheduleText).default('constant'))
    .option('--validation <share>', 'share of the training images held out for validation', share, 0.05)
    .option('--out <folder>', 'where checkpoints and the model go (default: runs/MODEL-DATA)')
    .option('--checkpoint-every <steps>', 'checkpoints within an epoch, besides those at its end', wholeNumber(1))
    .option(
      '--resume',
      'go on from the last checkpoint in --out, with the options of that run; without one, start afresh',
    )
    .addOption(
      new Option(
        '--overwrite',
        'replace the training that --out holds: it goes once the new one has a checkpoint',
      ).conflicts('resume'),
    );
  withComputeOptions(command)
    .addHelpText('after', kindsHelp)
    .addHelpText(
      'after',
      examples(
        'train',
        'train --model mnist-cnn --epochs 6 --seed 2 --out runs/a',
        'train --out runs/a --resume --epochs 8',
        'train --data fashion-mnist --directory /usr/share/datasets/fashion-mnist',
      ),
    )
    .action(async () => {
      const isGiven = (name: string): boolean => command.getOptionValueSource(name) === 'cli';
      await train(command.opts(), isGiven, createOutput(command.optsWithGlobals()));
    });
}

/** Options of optimisers and schedules follow their names, as those of a backend do. */
const kindsHelp = [
  '',
  'Optimizers and schedules; options follow after commas: sgd,momentum=0.5,nesterov',
  ...describeKinds(optimizers),
  ...describeKinds(schedules),
].join('\n');

/** An option whose value is one of some names, behind which options may follow. */
function withOptions(
  flag: string,
  description: string,
  names: readonly string[],
  read: (text: string) => string,
): Option {
  return new Option(`${flag} <name>`, `${description}: ${names.join(', ')}`).argParser(readWith(read));
}
