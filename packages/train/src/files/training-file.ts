import { isRecord, type Json } from '@striate/core';
import * as v from 'valibot';
import type { Basis } from '../basis.ts';
import type { TrainingState } from '../training-state.ts';

/** Version of the form of `training.json`. */
export const formatVersion = 1;

/** Bytes of `training.json`, at most: its history has some hundred for each epoch. */
export const longestTrainingFile = 64_000_000;

/** What a checkpoint's JSON file holds. */
export interface CheckpointRecord extends Omit<TrainingState, 'parameters' | 'state' | 'optimizer'> {
  formatVersion: number;
  optimizer: { type: string; options: Json; slots: readonly string[] };
  /** Where it was made: what equality to the bit hangs on. */
  madeBy: { backend: string; device: string };
}

const count = v.custom<number>(
  (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  'a whole number of at least 0',
);
const uint32 = v.custom<number>(
  (value) => Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 32,
  'a whole number from 0 to 4294967295',
);
const text = v.custom<string>(
  (value) => typeof value === 'string' && value.length <= 200,
  'a text of at most 200 characters',
);
/** JSON has no NaN: it is written as null, as a metric may be. */
const measure = v.pipe(
  v.nullable(v.number()),
  v.transform((value) => value ?? NaN),
);

const digest = text;
const options = v.custom<Readonly<Record<string, Json>>>(isRecord, 'an object');

/** The form of a {@link Basis}. */
const basis: v.GenericSchema<unknown, Basis> = v.object({
  model: v.exactOptional(options),
  dataset: v.exactOptional(
    v.object({ images: v.exactOptional(digest), labels: digest, classNames: digest, inputShape: v.array(count) }),
  ),
  order: v.exactOptional(options),
  preprocessing: v.exactOptional(options),
  lastBatch: v.exactOptional(digest),
  losses: v.record(text, v.object({ type: text, options, weight: v.number() })),
  optimizer: v.object({ type: text, options }),
});

/** The form of `training.json`. */
export const trainingFileSchema: v.GenericSchema<unknown, CheckpointRecord> = v.object({
  formatVersion: v.literal(formatVersion, `${formatVersion}: use the version of Striate that wrote it`),
  step: count,
  epoch: count,
  batch: count,
  seed: uint32,
  sums: v.object({
    samples: count,
    seconds: measure,
    values: v.record(text, measure),
    counts: v.exactOptional(v.record(text, measure)),
    before: v.exactOptional(v.record(text, count)),
  }),
  history: v.array(
    v.objectWithRest({ epoch: count, step: count, loss: measure, seconds: measure, imagesPerSecond: measure }, measure),
  ),
  data: v.object({ length: count, size: count, accumulate: v.exactOptional(count), lastBatch: uint32 }),
  basis: v.exactOptional(basis),
  optimizer: v.object({
    type: text,
    options,
    slots: v.pipe(
      v.array(text),
      v.check(
        (slots) => slots.length <= 100 && new Set(slots).size === slots.length,
        'a list of at most 100 names, none twice',
      ),
    ),
  }),
  madeBy: v.object({ backend: text, device: text }),
});
