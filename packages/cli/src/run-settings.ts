import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError, OptionError } from '@striate/core';
import type { RunFolder } from './run-folder.ts';
import { writeJson } from './write-json.ts';

/** The options of a training run that its outcome depends on. */
export interface RunSettings {
  model: string;
  data: string;
  directory?: string;
  epochs: number;
  batch: number;
  seed: number;
  optimizer: string;
  schedule: string;
  learningRate?: number;
  validation: number;
}

const fileName = 'options.json';

/** With others of these a training would not go on, but become another one. */
const fixed = ['model', 'data', 'batch', 'seed', 'optimizer', 'schedule', 'validation'] as const;
const changeable = ['directory', 'epochs', 'learningRate'] as const;

/** Writes down what a run was started with. */
export async function rememberSettings({ path }: RunFolder, settings: RunSettings): Promise<void> {
  const known = Object.fromEntries([...fixed, ...changeable].map((name) => [name, settings[name]]));
  await writeJson(join(path, fileName), known);
}

/**
 * The settings of a run that is resumed: those that were given now, the others as it was started. A run without
 * checkpoints begins again, so it may have any.
 *
 * @param isGiven whether an option stands on the command line
 * @throws {OptionError} if a given option would make it another training
 */
export async function recallSettings<T extends RunSettings>(
  { path, hasCheckpoints }: RunFolder,
  options: T,
  isGiven: (name: string) => boolean,
): Promise<T> {
  const earlier = await readSettings(join(path, fileName));
  for (const name of fixed) {
    if (!hasCheckpoints || !isGiven(name) || !(name in earlier) || options[name] === earlier[name]) continue;
    throw new OptionError(
      `--${name} is ${options[name]}, but the training in ${path} was started with ${earlier[name]}. Leave --${name} out, or choose another --out.`,
    );
  }
  const kept = [...fixed, ...changeable].filter((name) => !isGiven(name) && earlier[name] !== undefined);
  return { ...options, ...Object.fromEntries(kept.map((name) => [name, earlier[name]])) };
}

async function readSettings(path: string): Promise<Partial<RunSettings>> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Partial<RunSettings>;
  } catch (cause) {
    // Checkpoints that were written by a program have no such file beside them.
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new DataError(`${path}: cannot be read (${String(cause)}). Remove it and give all options.`, { cause });
  }
}
