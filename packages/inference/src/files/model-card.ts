import {
  checkForm,
  checkOptions,
  describe,
  isRecord,
  outputMeanings,
  type Json,
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

/** What a saved model knows besides its layers and weights. */
export interface ModelCard {
  /** How pixels become inputs. */
  preprocessing?: Preprocessing;
  /** Name of each class (of each unit of the first output), in the order of the outputs. */
  classNames?: readonly string[];
}

const longestName = 1000;

/** The form of a {@link ModelCard}. */
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
export interface ModelFile extends ModelCard {
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

const known = { preprocessing: true, classNames: true } as const;

/** @throws what `fail` makes, unless the card is one */
export function checkCard(where: string, card: ModelCard, fail: (message: string) => Error): void {
  checkOptions(where, card, known, `${where}(network, 'runs/a/model', { classNames })`);
  checkForm(where, card, v.object(members), fail);
}

/** @throws what `fail` makes, unless the card belongs to the model: a name for each unit, images of the input's shape */
export function checkCardFits(
  where: string,
  { preprocessing, classNames }: ModelCard,
  { inputShapes, outputShapes }: ModelGraph,
  fail: (message: string) => Error,
): void {
  const units = outputShapes[0]!.at(-1);
  if (classNames && typeof units === 'number' && classNames.length !== units) {
    throw fail(
      `${where}: there are ${classNames.length} class names, but the model's first output has ${units} ${units === 1 ? 'unit' : 'units'}. Give each a name, or none.`,
    );
  }
  if (!preprocessing) return;
  const image = [...preprocessing.size, preprocessing.channels];
  if (inputShapes.some((shape) => takes(shape, image))) return;
  throw fail(
    `${where}: the preprocessing makes images of ${image.join(' x ')}, but the model takes ${inputShapes.map((shape) => describe(shape)).join(', ')}. ` +
      'Give that of the data it was trained on.',
  );
}

/** Whether the values of an image are those of an input: of its shape, or in a form of its own where that is no other order. */
function takes(shape: readonly (number | null)[], image: readonly number[]): boolean {
  const isImage = shape.length === 3;
  if (isImage && shape.every((size, axis) => size === null || size === image[axis])) return true;
  const count = image.reduce((product, size) => product * size, 1);
  const same = shape.reduce<number>((product, size) => product * (size ?? NaN), 1) === count;
  return same && (!isImage || image[2] === 1);
}
