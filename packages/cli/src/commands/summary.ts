import type { Command } from 'commander';
import { summarize, summary } from '@striate/layers';
import { createModel, models } from '@striate/zoo';
import { outputFor, withCommonOptions, type CommonOptions } from './common.ts';

/** `striate summary MODEL`: layers, shapes, parameters and multiply-adds. */
export function addSummary(program: Command): void {
  withCommonOptions(program.command('summary'))
    .description('show layers, output shapes, neurons, parameters and multiply-adds of a model')
    .argument('<model>', `one of ${Object.keys(models).join(', ')}`)
    .action((name: string, options: CommonOptions) => {
      const model = createModel(name);
      outputFor(options).result(summary(model), { model: name, layers: summarize(model) });
    });
}
