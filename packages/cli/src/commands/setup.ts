import { OptionError } from '@striate/core';
import { exampleOf, optionsFromTexts, type BackendSetup } from '@striate/core/backend';
import type { Command } from 'commander';
import { manifestOf, notInstalled, ownBackends, packageOf } from '../backends.ts';
import { commandLine } from '../command-line.ts';
import { hyphenated } from '../hyphenated.ts';
import { createOutput, type OutputOptions } from '../output.ts';
import { backendName, readWith } from '../parse.ts';
import { StriateCommand } from '../striate-command.ts';
import { examples } from './common.ts';

/** `striate setup BACKEND`: installs what a backend needs beyond its package. */
export async function define(command: Command): Promise<void> {
  const manifests = await Promise.all(ownBackends.map(async (name) => manifestOf(name).catch(() => undefined)));
  const needing = manifests.flatMap((manifest) =>
    manifest?.setup ? [{ name: manifest.name, ...manifest.setup }] : [],
  );
  command
    .argument('<backend>', needing.map(({ name }) => name).join(' or ') || 'its name', readWith(backendName))
    // Which flags there are depends on the backend.
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText('after', needing.map(describe).join(''))
    .addHelpText('after', examples(...(needing.length > 0 ? needing.map(({ name }) => `setup ${name}`) : ['doctor'])))
    .action(async (name: string) => setup(name, command.args.slice(1), command));
}

async function setup(name: string, words: readonly string[], command: Command): Promise<void> {
  const manifest = await manifestOf(name);
  if (!manifest) {
    const { reason, remedy } = notInstalled(name);
    throw new OptionError(`setup: ${reason} ${remedy}`);
  }
  if (!manifest.setup)
    throw new OptionError(`setup: ${name} needs nothing beyond its package, ${packageOf(name)}, which is there.`);
  const settings = flagsIn(words, manifest.setup, command);
  const output = createOutput(command.optsWithGlobals<OutputOptions>());
  const folder = await manifest.setup.run(settings, (line) => output.line(line));
  await output.result(`ready; \`${commandLine('doctor')}\` shows what works here`, {
    backend: name,
    folder,
    ...settings,
  });
}

/** The installer's options, from the words that follow the backend's name. */
function flagsIn(words: readonly string[], { options }: BackendSetup, command: Command): Record<string, unknown> {
  const parser = new StriateCommand('setup').copyInheritedSettings(command);
  for (const [name, { doc, form }] of Object.entries(options))
    parser.option(`${flagOf(name)}${form.is === 'flag' ? '' : ' <value>'}`, doc);
  const given = parser.parse(words, { from: 'user' }).opts<Record<string, string | true>>();
  const texts = Object.entries(given).map(([name, value]) => (value === true ? name : `${name}=${value}`));
  return optionsFromTexts('setup', texts, options);
}

/** '--cuda' */
const flagOf = (name: string): string => `--${hyphenated(name)}`;

function describe({ name, doc, options }: BackendSetup & { name: string }): string {
  const flags = Object.entries(options).map(([option, { form, doc: what }]) => {
    const flag = `${flagOf(option)}${form.is === 'flag' ? '' : ` ${exampleOf(form)}`}`;
    return `\n  ${' '.repeat(12)}${flag}: ${what}`;
  });
  return `\n  ${name.padEnd(12)}${doc}${flags.join('')}`;
}
