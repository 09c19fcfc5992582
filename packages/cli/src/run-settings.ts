import { OptionError, describe, isRecord, readJson } from '@striate/core';
import type { Checkpoint } from '@striate/train';
import { models } from '@striate/zoo';
import * as v from 'valibot';
import { datasets } from './datasets.ts';
import { optimizerText, optimizers, scheduleNames, scheduleText } from './optimizers.ts';

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

/** What `options.json` holds: which run the folder is, and what it was started with. */
export interface RunIdentity extends RunSettings {
  /** Earlier versions gave none. */
  formatVersion?: 1;
  run?: string;
}

/** With others of these a training would not go on, but become another one. */
const fixed = ['model', 'data', 'batch', 'seed', 'optimizer', 'schedule', 'validation'] as const;
const changeable = ['directory', 'epochs', 'learningRate'] as const;

const whole = (minimum: number, maximum?: number) =>
  v.pipe(
    v.number(),
    v.check(
      (value) => Number.isSafeInteger(value) && value >= minimum && value <= (maximum ?? value),
      `a whole number from ${minimum} ${maximum === undefined ? 'on' : `to ${maximum}`}`,
    ),
  );
const oneOf = (names: Readonly<Record<string, unknown>>) =>
  v.pipe(
    v.string(),
    v.check((name) => Object.hasOwn(names, name), `one of ${Object.keys(names).join(', ')}`),
  );

/** A name behind which options may follow. */
const textOf = (read: (text: string) => string, names: readonly string[]) =>
  v.pipe(
    v.string(),
    v.check((text) => isReadable(read, text), `one of ${names.join(', ')}`),
  );

function isReadable(read: (text: string) => string, text: string): boolean {
  try {
    return read(text) === text;
  } catch {
    return false;
  }
}

const schema = v.strictObject({
  formatVersion: v.exactOptional(v.literal(1)),
  run: v.exactOptional(v.pipe(v.string(), v.uuid())),
  model: oneOf(models),
  data: oneOf(datasets),
  directory: v.exactOptional(v.string()),
  epochs: whole(1),
  batch: whole(1),
  seed: whole(0, 2 ** 32 - 1),
  optimizer: textOf(optimizerText, Object.keys(optimizers)),
  schedule: textOf(scheduleText, scheduleNames),
  learningRate: v.exactOptional(
    v.pipe(
      v.number(),
      v.check((value) => value > 0 && value < Infinity, 'a number above 0'),
    ),
  ),
  validation: v.pipe(
    v.number(),
    v.check((value) => value >= 0 && value < 1, 'a share from 0 to below 1'),
  ),
});

/**
 * Reads `options.json`.
 *
 * @throws {DataError} naming the first thing in it that `striate train` does not write
 */
export function readIdentity(path: string, bytes: Uint8Array): RunIdentity {
  return readJson(path, bytes, schema);
}

/** What `options.json` is to hold. */
export function identityOf(run: string, settings: RunSettings): RunIdentity {
  const { model, data, directory, epochs, batch, seed, optimizer, schedule, learningRate, validation } = settings;
  return {
    formatVersion: 1,
    run,
    model,
    data,
    ...(directory !== undefined && { directory }),
    epochs,
    batch,
    seed,
    optimizer,
    schedule,
    ...(learningRate !== undefined && { learningRate }),
    validation,
  };
}

/**
 * The settings of a run that is resumed: those that were given now, the others as it was started. A run without
 * checkpoints begins again, so it may have any.
 *
 * @param isGiven whether an option stands on the command line
 * @throws {OptionError} if a given option would make it another training
 */
export function recallSettings<T extends RunSettings>(
  { path, hasCheckpoints, earlier }: { path: string; hasCheckpoints: boolean; earlier: RunIdentity },
  options: T,
  isGiven: (name: string) => boolean,
): T {
  for (const name of fixed) {
    if (!hasCheckpoints || !isGiven(name) || options[name] === earlier[name]) continue;
    throw new OptionError(
      `--${name} is ${options[name]}, but the training in ${path} was started with ${earlier[name]}. Leave --${name} out, or choose another --out.`,
    );
  }
  const kept = [...fixed, ...changeable].filter((name) => !isGiven(name) && earlier[name] !== undefined);
  return { ...options, ...Object.fromEntries(kept.map((name) => [name, earlier[name]])) };
}

/**
 * Checks that a learning rate that is given to a run which goes on will be that of some step: one whose epochs are all
 * done would only write it down.
 *
 * @throws {OptionError} if it is another than the steps were made with, and no epoch is left
 */
export function checkRateIsOfUse(
  path: string,
  { epochs, learningRate }: Pick<RunSettings, 'epochs' | 'learningRate'>,
  { state, optimizer }: { state: { epoch: number }; optimizer: Pick<Checkpoint['optimizer'], 'options'> },
): void {
  const { options } = optimizer;
  const used = isRecord(options) ? options['learningRate'] : undefined;
  const first = isRecord(used) ? (used['initialLearningRate'] ?? used['next']) : used;
  if (state.epoch < epochs || first === learningRate) return;
  throw new OptionError(
    `--learning-rate is ${learningRate}, but the training in ${path} has done all its ${epochs} epochs with ${describe(first)}. Leave --learning-rate out, or give more --epochs.`,
  );
}
