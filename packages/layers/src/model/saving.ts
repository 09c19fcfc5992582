import {
  DataError,
  OptionError,
  checkForm,
  checkKinds,
  checkOptions,
  clipped,
  describe,
  fromRecord,
  isRecord,
  type AnyKind,
  type Json,
  type Layer,
} from '@striate/core';
import * as v from 'valibot';
import type { SymbolicTensor } from '../layer-function.ts';
import { layers as family } from '../layers.ts';
import { innerRecord } from '../inner-record.ts';
import { checkModel } from './check-model.ts';
import type { Connection, Model, ModelNode } from './model-graph.ts';
import { assemble } from './model.ts';

/** Version of the form that {@link modelToJson} writes. */
export const modelFormatVersion = 1;

/** Characters of a node's name, those of the models that it lies in included. */
const longestName = 300;

/** [name of a node, which of its outputs] */
type SavedConnection = readonly [string, number];

interface SavedModel {
  formatVersion: number;
  /** `trainable` where it is not as the options say. */
  layers: { name: string; type: string; options: Layer['options']; trainable?: boolean }[];
  nodes: { name: string; layer: string; inputs: SavedConnection[] }[];
  inputs: string[];
  outputs: SavedConnection[];
}

/**
 * A model's graph as JSON: layers with all their options, and how they are connected.
 *
 * @throws {OptionError} if a layer was given a bare function, which cannot be saved: which one, in which layer
 * @example
 * const text = JSON.stringify(modelToJson(lenet5()));
 */
export function modelToJson(model: Model): Json {
  checkModel('modelToJson', model);
  const { nodes, inputs, outputs } = model;
  const long = nodes.find(({ name }) => name.length > longestName);
  if (long) {
    throw new OptionError(
      `modelToJson: the name ${describe(long.name)} has ${long.name.length} characters, but at most ${longestName} are read again. Give the layer a shorter name.`,
    );
  }
  const save = ({ node, output }: Connection): SavedConnection => [nodes[node]!.name, output];
  const firstCalls = nodes.filter(({ name, layerName }) => name === layerName);
  const saved: SavedModel = {
    formatVersion: modelFormatVersion,
    layers: firstCalls.map(saveLayer),
    nodes: nodes.map(({ name, layerName, inputs: sources }) => ({ name, layer: layerName, inputs: sources.map(save) })),
    inputs: inputs.map(({ node }) => nodes[node]!.name),
    outputs: outputs.map(save),
  };
  return saved as unknown as Json; // an interface has no index signature, though it is JSON
}

/** What a saved model needs that does not come with this package. */
export interface LoadOptions {
  /** Kinds of others: of layers, initialisers, penalties, constraints and activations. */
  kinds?: readonly AnyKind[];
}

/**
 * Makes a model again from what {@link modelToJson} gave.
 *
 * @throws {DataError} if the JSON is no saved model, or one of a later version
 * @throws {OptionError} for an unknown type of layer, initialiser and so on: the nearest name, and what to pass
 * @example
 * const again = modelFromJson(JSON.parse(text), { kinds: [myLayer, myInitializer] });
 */
export function modelFromJson(json: Json, options: LoadOptions = {}): Model {
  checkOptions('modelFromJson', options, { kinds: true });
  const { kinds = [] } = options;
  checkKinds('modelFromJson', kinds);
  const saved = readSaved(json);
  const layers = new Map(
    saved.layers.map(({ name, type, options: given }): [string, Layer] => [
      name,
      fromRecord(family, { type, options: given }, { where: `modelFromJson: layer '${clipped(name)}'`, kinds }),
    ]),
  );
  const names = new Map([...layers].map(([name, layer]) => [layer, name]));
  const trainable = new Map(
    saved.layers.flatMap(({ name, trainable: isTrained }) =>
      isTrained === undefined ? [] : [[layers.get(name)!, isTrained] as const],
    ),
  );
  const made = new Map<string, SymbolicTensor>();
  const find = ([name, output]: SavedConnection): SymbolicTensor => {
    const tensor = made.get(name);
    if (!tensor) throw new DataError(`modelFromJson: a node '${clipped(name)}' is used before it is made.`);
    return { call: tensor.call, output };
  };
  for (const { name, layer: layerName, inputs } of saved.nodes) {
    const layer = layers.get(layerName);
    if (!layer)
      throw new DataError(
        `modelFromJson: node '${clipped(name)}' is a call of a layer '${clipped(layerName)}', which is not in the file.`,
      );
    made.set(name, { call: { layer, inputs: inputs.map(find) }, output: 0 });
  }
  return assemble(
    { inputs: saved.inputs.map((name) => find([name, 0])), outputs: saved.outputs.map(find) },
    { names, trainable },
  );
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const name = v.custom<string>(
  (text) => typeof text === 'string' && text !== '' && text.length <= longestName,
  `a text of at most ${longestName} characters`,
);
const connection = v.strictTuple([name, count]);
const savedModel = v.object({
  formatVersion: v.literal(modelFormatVersion),
  layers: v.array(
    v.object({
      name,
      type: name,
      options: v.custom<Layer['options']>(isRecord, 'a record of options'),
      trainable: v.exactOptional(v.boolean()),
    }),
  ),
  nodes: v.array(v.object({ name, layer: name, inputs: v.array(connection) })),
  inputs: v.array(name),
  outputs: v.array(connection),
});
/** Layers within layers, such as the convolution in a weightNorm in a dropConnect. */
const deepest = 20;

function readSaved(json: Json): SavedModel {
  const version = isRecord(json) ? json['formatVersion'] : undefined;
  if (typeof version === 'number' && version > modelFormatVersion) {
    throw new DataError(
      `modelFromJson: the model is of format ${version}, but this version reads up to ${modelFormatVersion}. Update @striate/layers.`,
    );
  }
  const saved: SavedModel = checkForm('modelFromJson: this is no saved model', json, savedModel);
  for (const list of [saved.layers, saved.nodes]) {
    const names = new Set<string>();
    for (const entry of list) {
      if (names.has(entry.name))
        throw new DataError(`modelFromJson: this is no saved model: two of its layers or nodes are '${entry.name}'.`);
      names.add(entry.name);
    }
  }
  for (const layer of saved.layers) {
    let inner = innerRecord(layer.options);
    for (let depth = 0; inner; inner = innerRecord(inner.options)) {
      if (!isRecord(inner.options) || depth++ === deepest)
        throw new DataError(
          `modelFromJson: layer '${layer.name}' holds one without options, or more than ${deepest} within each other.`,
        );
    }
  }
  return saved;
}

function saveLayer({ layerName, layer, trainable }: ModelNode): SavedModel['layers'][number] {
  const { type, options } = layer;
  checkSavable(layerName, options);
  const saved = { name: layerName, type, options };
  return trainable === (options['trainable'] ?? true) ? saved : { ...saved, trainable };
}

/** @throws {OptionError} for a bare function among the options of a layer, and those of the layer inside it */
function checkSavable(layerName: string, options: Layer['options']): void {
  const bare = Object.keys(options).find((option) => typeof (options[option] as unknown) === 'function');
  if (bare !== undefined) {
    throw new OptionError(
      `modelToJson: ${bare} of layer '${layerName}' is a function, which cannot be saved. Use a record, such as heNormal(), or define a kind of your own: defineInitializer, definePenalty, defineConstraint, defineActivation.`,
    );
  }
  const inner = innerRecord(options);
  if (inner) checkSavable(layerName, inner.options);
}
