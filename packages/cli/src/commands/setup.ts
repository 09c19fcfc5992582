import { OptionError } from '@striate/core';
import { Argument, type Command } from 'commander';
import { optional } from '../backends.ts';
import { commandLine } from '../command-line.ts';
import { createOutput, type OutputOptions } from '../output.ts';
import { oneOf } from '../parse.ts';
import { examples } from './common.ts';

interface SetupCommandOptions extends OutputOptions {
  cuda?: boolean;
}

/** What the installers of the backends take; each gives the folder. */
interface InstallOptions {
  cuda: boolean;
  log: (line: string) => void;
}

/** The installers; each package is loaded only when it is chosen, and undefined where it is not installed. */
const installers: Record<string, () => Promise<((options: InstallOptions) => Promise<string>) | undefined>> = {
  tensorflow: async () => (await optional(() => import('@striate/backend-tensorflow/setup')))?.setupTensorFlow,
  onednn: async () => (await optional(() => import('@striate/backend-onednn/setup')))?.setupOneDnn,
};

/** `striate setup BACKEND`: installs what a backend needs beyond its package. */
export function define(command: Command): void {
  const names = Object.keys(installers);
  command
    .addArgument(new Argument('<backend>', names.join(' or ')).argParser(oneOf(names)))
    .option('--cuda', 'TensorFlow with the libraries for an NVIDIA GPU (about 3 GB to download instead of 0.3)')
    .addHelpText('after', examples('setup onednn', 'setup tensorflow', 'setup tensorflow --cuda'))
    .action(async (name: string) => setup(name, command.optsWithGlobals()));
}

async function setup(name: string, { cuda = false, ...options }: SetupCommandOptions): Promise<void> {
  if (cuda && name !== 'tensorflow')
    throw new OptionError(`setup: --cuda is for tensorflow; ${name} has no such build.`);
  const install = await installers[name]!();
  if (!install) {
    const packageName = `@striate/backend-${name}`;
    throw new OptionError(`setup: ${packageName} is not installed. Add it first: npm install ${packageName}`);
  }
  const output = createOutput(options);
  const folder = await install({ cuda, log: (line) => output.line(line) });
  await output.result(`ready; \`${commandLine('doctor')}\` shows what works here`, { backend: name, folder, cuda });
}
