import { isRecord, type Json } from '@striate/core';
import type { ModelGraph, ModelNode } from '@striate/layers';
import { jsonDifferences } from './json-differences.ts';

type Fields = Readonly<Record<string, Json | undefined>>;

/**
 * What of a model decides the steps of a training: layers with their options, whether each is trained, and how they are
 * connected. Not the initialisers, whose work is done. Plain JSON.
 */
export type ModelBasis = Fields;

/** {@link ModelBasis} of a model. Of a bare function, which has no content to compare, it is told that it is one. */
export function modelBasis({ nodes, outputs }: ModelGraph): ModelBasis {
  const firstCalls = nodes.filter(({ name, layerName }) => name === layerName);
  return {
    layers: Object.fromEntries(firstCalls.map((node) => [node.layerName, layerBasis(node)])),
    // In their order, which random layers draw by.
    calls: nodes.map(({ name, layerName, inputs }) => [
      name,
      layerName,
      ...inputs.map(({ node, output }) => `${nodes[node]!.name}[${output}]`),
    ]),
    outputs: outputs.map(({ node, output }) => `${nodes[node]!.name}[${output}]`),
  };
}

function layerBasis({ layer, trainable, parameters, state }: ModelNode): Fields {
  const { trainable: _, ...options } = layer.options; // freeze has the last word
  const isFreezable = Object.keys({ ...parameters, ...state }).length > 0;
  return { type: layer.type, ...settled(options), ...(isFreezable && { trainable }) };
}

/** Options of a layer, and of the one in it, that still matter once parameters are there. */
function settled(options: object): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(options)
      .filter(([option, value]) => value !== undefined && !/initializer$/i.test(option))
      .map(([option, value]: [string, unknown]) => [option, asData(value)]),
  );
}

function asData(value: unknown): Json {
  if (typeof value === 'function') return 'a function';
  return isRecord(value) ? settled(value) : (value as Json); // options are JSON
}

/** What differs between two models, each in a few words: the layers and their options, or else how they are connected. */
export function modelDifferences(before: ModelBasis, now: ModelBasis): string[] {
  const [had, has] = [layersOf(before), layersOf(now)];
  const found = [
    ...[...had].flatMap(([name, layer]) => {
      const other = has.get(name);
      return other ? layerDifferences(layer, other).map((text) => `${text} in layer '${name}'`) : [`a layer '${name}'`];
    }),
    ...[...has.keys()].filter((name) => !had.has(name)).map((name) => `no layer '${name}'`),
  ];
  if (found.length > 0) return found;
  const isOther = ['calls', 'outputs'].some((part) => JSON.stringify(before[part]) !== JSON.stringify(now[part]));
  return isOther ? ['layers in another order, or connected otherwise'] : [];
}

function layerDifferences(before: Fields, now: Fields): string[] {
  // Other types have other options.
  if (before['type'] !== now['type']) return jsonDifferences('', { type: before['type'] }, now, 'before');
  return jsonDifferences('', before, now, 'both');
}

/** By name, without what is none: it may come from a file. Whether an option says the name as well makes no difference. */
function layersOf({ layers }: ModelBasis): ReadonlyMap<string, Fields> {
  const entries: [string, unknown][] = isRecord(layers) ? Object.entries(layers) : [];
  return new Map(
    entries
      .filter((entry): entry is [string, Fields] => isRecord(entry[1]))
      .map(([layerName, layer]) => {
        const { name: _, ...rest } = layer;
        return [layerName, rest];
      }),
  );
}
