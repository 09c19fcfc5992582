import {
  checkForm,
  describe,
  isRecord,
  outputMeanings,
  type Json,
  type NetworkFacts,
  type OutputMeanings,
  type Preprocessing,
} from '@striate/core';
import { preprocessingSchema } from '@striate/images';
import type { ModelGraph } from '@striate/layers';
import * as v from 'valibot';

/** Version of the form of `model.json`. */
export const formatVersion = 1;

/** Bytes of `model.json`, at most: a hundred times what ResNet-152 takes. */
export const longestModelFile = 16_000_000;

const longestName = 1000;

/** The form of what a network knows. */
const members = {
  preprocessing: v.exactOptional(preprocessingSchema),
  classNames: v.exactOptional(
    v.array(
      v.custom<string>(
        (name) => typeof name === 'string' && name.length <= longestName,
        `a text of at most ${longestName} characters`,
      ),
    ),
  ),
};

/** What `model.json` holds. */
export interface ModelFile extends Omit<NetworkFacts, 'outputMeaning'> {
  formatVersion: number;
  /** Null if nobody knew; left out by versions that did not ask. */
  outputMeaning?: OutputMeanings | null;
  graph: Json;
}

const isMeaning = (meaning: unknown): boolean => outputMeanings.some((known) => known === meaning);
const meanings = v.custom<OutputMeanings | null>(
  (given) => given === null || isMeaning(given) || (isRecord(given) && Object.values(given).every(isMeaning)),
  `one of ${outputMeanings.join(', ')}, or a record of them by the outputs' names`,
);

/** The form of `model.json`; what the graph must be, `modelFromJson` says. */
export const modelFileSchema: v.GenericSchema<unknown, ModelFile> = v.strictObject({
  formatVersion: v.literal(formatVersion, `${formatVersion}: use the version of Striate that wrote it`),
  ...members,
  outputMeaning: v.exactOptional(meanings),
  graph: v.custom<Json>((graph) => typeof graph === 'object' && graph !== null, 'the graph of a model'),
});

/** @throws what `fail` makes, unless names and preprocessing are of their forms and belong to the model */
export function checkFacts(
  where: string,
  { classNames, preprocessing }: NetworkFacts,
  model: ModelGraph,
  fail: (message: string) => Error,
): void {
  const given = {
    ...(classNames !== undefined && { classNames }),
    ...(preprocessing !== undefined && { preprocessing }),
  };
  checkForm(where, given, v.object(members), fail);
  checkFactsFit(where, given, model, fail);
}

/** @throws what `fail` makes, unless there is a name for each unit, and images are of the input's shape */
export function checkFactsFit(
  where: string,
  { preprocessing, classNames }: NetworkFacts,
  model: ModelGraph,
  fail: (message: string) => Error,
): void {
  if (classNames && !namesFit(classNames, model)) {
    const units = model.outputShapes[0]!.at(-1);
    throw fail(
      `${where}: there are ${classNames.length} class names, but the model's first output has ${units} ${units === 1 ? 'unit' : 'units'}. Give each a name, or none.`,
    );
  }
  if (!preprocessing || preprocessingFits(preprocessing, model)) return;
  const image = [...preprocessing.size, preprocessing.channels];
  throw fail(
    `${where}: the preprocessing makes images of ${image.join(' x ')}, but the model takes ${model.inputShapes.map((shape) => describe(shape)).join(', ')}. ` +
      'Give that of the data it was trained on.',
  );
}

/** Whether each unit of the first output has a name. */
export function namesFit({ length }: readonly string[], { outputShapes }: ModelGraph): boolean {
  const units = outputShapes[0]!.at(-1);
  return typeof units !== 'number' || length === units;
}

/** Whether the images that it makes are what one of the inputs takes. */
export function preprocessingFits({ size, channels }: Preprocessing, { inputShapes }: ModelGraph): boolean {
  return inputShapes.some((shape) => takes(shape, [...size, channels]));
}

/** Whether the values of an image are those of an input: of its shape, or in a form of its own where that is no other order. */
function takes(shape: readonly (number | null)[], image: readonly number[]): boolean {
  const isImage = shape.length === 3;
  if (isImage && shape.every((size, axis) => size === null || size === image[axis])) return true;
  const count = image.reduce((product, size) => product * size, 1);
  const same = shape.reduce<number>((product, size) => product * (size ?? NaN), 1) === count;
  return same && (!isImage || image[2] === 1);
}
