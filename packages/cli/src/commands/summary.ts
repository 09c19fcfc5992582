import type { Command } from 'commander';
import { OptionError, clipped, suggestion } from '@striate/core';
import { summarize, summary, type Model } from '@striate/layers';
import { createModel, models } from '@striate/zoo';
import { startBackend } from '../backends.ts';
import { findModelFolder, loadClassifier } from '../model-folder.ts';
import { createOutput, field, type OutputOptions } from '../output.ts';
import { visible } from '../visible.ts';
import { examples } from './common.ts';

/** `striate summary MODEL`: layers, shapes, parameters and multiply-adds. */
export function define(command: Command): void {
  command
    .argument('<model>', `one of ${Object.keys(models).join(', ')}, or the folder of a saved model`)
    .addHelpText('after', examples('summary lenet5', 'summary runs/lenet5-mnist'))
    .action(async (model: string) => summarizeModel(model, command.optsWithGlobals()));
}

async function summarizeModel(name: string, options: OutputOptions): Promise<void> {
  const { model, lines } = Object.hasOwn(models, name)
    ? { model: createModel(name), lines: [] }
    : await modelInFolder(name);
  await createOutput(options).result([summary(model), ...lines].join('\n'), { model: name, layers: summarize(model) });
}

async function modelInFolder(name: string): Promise<{ model: Model; lines: string[] }> {
  const folder = await findModelFolder(name).catch((cause: Error) => {
    // What the file system refuses to say is no reason to take the name for a misspelt one.
    if (cause.cause !== undefined) throw cause;
    throw new OptionError(
      `there is neither a model nor a model folder '${clipped(name)}'. ${suggestion(name, Object.keys(models))}`,
      { cause },
    );
  });
  await startBackend({ backend: 'wasm', threads: 1 });
  const { model, preprocessing, classNames } = await loadClassifier(folder);
  const images = `${preprocessing.size.join('x')}, ${preprocessing.channels === 1 ? 'grey' : 'colour'}`;
  return {
    model,
    lines: [field('images', images), field('classes', classNames.map(visible).join(', '))],
  };
}
