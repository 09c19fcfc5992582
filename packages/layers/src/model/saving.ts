import { DataError, OptionError, suggestion, type Json, type Layer } from '@striate/core';
import type { LayerFactory, SymbolicTensor } from '../layer-function.ts';
import { builtInLayers } from '../built-in-layers.ts';
import { inputLayer, type InputLayerOptions } from '../layers/input.ts';
import { assemble, type Connection, type Model } from './model.ts';

/** Version of the form that {@link modelToJson} writes. */
export const modelFormatVersion = 1;

/** [name of a node, which of its outputs] */
type SavedConnection = readonly [string, number];

interface SavedModel {
  formatVersion: number;
  layers: { name: string; type: string; options: Layer['options'] }[];
  nodes: { name: string; layer: string; inputs: SavedConnection[] }[];
  inputs: string[];
  outputs: SavedConnection[];
}

/**
 * A model's graph as JSON: layers with all their options, and how they are connected.
 *
 * @throws {OptionError} if a layer was given a function (an initialiser), which cannot be saved: which one
 * @example
 * const text = JSON.stringify(modelToJson(lenet5()));
 */
export function modelToJson({ nodes, inputs, outputs }: Model): Json {
  const save = ({ node, output }: Connection): SavedConnection => [nodes[node]!.name, output];
  const firstCalls = nodes.filter(({ name, layerName }) => name === layerName);
  const saved: SavedModel = {
    formatVersion: modelFormatVersion,
    layers: firstCalls.map(({ layerName, layer }) => ({
      name: layerName,
      type: layer.type,
      options: onlyJson(layerName, layer.options),
    })),
    nodes: nodes.map(({ name, layerName, inputs: sources }) => ({ name, layer: layerName, inputs: sources.map(save) })),
    inputs: inputs.map(({ node }) => nodes[node]!.name),
    outputs: outputs.map(save),
  };
  return saved as unknown as Json; // an interface has no index signature, though it is JSON
}

/**
 * Makes a model again from what {@link modelToJson} gave.
 *
 * @param options `layers`: factories of layer types that do not come with this package, by type
 * @throws {DataError} if the JSON is no saved model, or one of a later version
 * @throws {OptionError} for an unknown layer type: the nearest name, and what to pass
 * @example
 * const again = modelFromJson(JSON.parse(text), { layers: { myLayer } });
 */
export function modelFromJson(
  json: Json,
  { layers: custom = {} }: { layers?: Record<string, LayerFactory> } = {},
): Model {
  const saved = readSaved(json);
  const taken = Object.keys(custom).find((type) => Object.hasOwn(builtInLayers, type));
  if (taken)
    throw new OptionError(
      `modelFromJson: '${taken}' is a layer type of this package. Choose another type for your own.`,
    );
  const factories: Record<string, LayerFactory> = { ...builtInLayers, ...custom };

  const layers = new Map(
    saved.layers.map(({ name, type, options }) => [name, makeLayer(name, type, options, factories)]),
  );
  const names = new Map([...layers].map(([name, layer]): [Layer, string] => [layer, name]));
  const made = new Map<string, SymbolicTensor>();
  const find = ([name, output]: SavedConnection): SymbolicTensor => {
    const tensor = made.get(name);
    if (!tensor) throw new DataError(`modelFromJson: a node '${name}' is used before it is made.`);
    return { call: tensor.call, output };
  };
  for (const { name, layer: layerName, inputs } of saved.nodes) {
    const layer = layers.get(layerName);
    if (!layer)
      throw new DataError(
        `modelFromJson: node '${name}' is a call of a layer '${layerName}', which is not in the file.`,
      );
    made.set(name, { call: { layer, inputs: inputs.map(find) }, output: 0 });
  }
  return assemble({ inputs: saved.inputs.map((name) => find([name, 0])), outputs: saved.outputs.map(find) }, names);
}

function makeLayer(
  name: string,
  type: string,
  options: Layer['options'],
  factories: Record<string, LayerFactory>,
): Layer {
  if (type === 'input') return inputLayer(options as unknown as InputLayerOptions); // checked there
  const factory = Object.hasOwn(factories, type) ? factories[type] : undefined;
  if (factory) return factory(options as never); // checked by the factory
  throw new OptionError(
    `modelFromJson: layer '${name}' is of the unknown type '${type}'. ${suggestion(type, Object.keys(factories))} ` +
      `If it is a layer of your own or of another package, pass its factory: modelFromJson(json, { layers: { ${type} } }).`,
  );
}

function readSaved(json: Json): SavedModel {
  const saved = json as unknown as Partial<SavedModel> | null;
  const lists = [saved?.layers, saved?.nodes, saved?.inputs, saved?.outputs];
  if (typeof saved !== 'object' || saved?.formatVersion === undefined || !lists.every(Array.isArray)) {
    throw new DataError(
      'modelFromJson: this is no saved model: formatVersion, layers, nodes, inputs or outputs is missing.',
    );
  }
  if (saved.formatVersion > modelFormatVersion) {
    throw new DataError(
      `modelFromJson: the model is of format ${saved.formatVersion}, but this version reads up to ${modelFormatVersion}. Update @striate/layers.`,
    );
  }
  return saved as SavedModel;
}

function onlyJson(layerName: string, options: Layer['options']): Layer['options'] {
  for (const [option, value] of Object.entries(options)) {
    if (typeof value !== 'function') continue;
    throw new OptionError(
      `modelToJson: ${option} of layer '${layerName}' is a function, which cannot be saved. Use a record, such as { type: 'heNormal' }.`,
    );
  }
  return options;
}
