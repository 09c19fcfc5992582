import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { pythonOf } from '../../tooling/golden/python-environment.ts';
import type { Recipe, Trained } from './train-small-cnn.ts';

const python = pythonOf(fileURLToPath(new URL('../../benchmarks/peers/.installed/python', import.meta.url)));
const program = fileURLToPath(new URL('../peers/small_cnn.py', import.meta.url));

/** Whether `pnpm bench:setup` has installed PyTorch. */
export const hasPytorch = (): boolean => existsSync(python);

/** The same recipe in PyTorch, on the IDX files of a folder; its progress goes to standard error. */
export function trainInPytorch(directory: string, recipe: Recipe, seeds: readonly number[]): Trained[] {
  const options = [
    '--directory',
    directory,
    '--epochs',
    `${recipe.epochs}`,
    '--seeds',
    seeds.join(),
    '--schedule',
    recipe.schedule,
    '--learning-rate',
    `${recipe.learningRate}`,
  ];
  const { status, stdout, error } = spawnSync(python, [program, ...options], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (error || status !== 0)
    throw new Error(`${python} ${program} failed: ${error?.message ?? `exit code ${status}`}.`);
  return JSON.parse(stdout) as Trained[];
}
