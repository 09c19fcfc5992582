import {
  OptionError,
  ShapeError,
  checkFlag,
  checkOptions,
  describe,
  type Layer,
  type ParameterSpec,
  type Shape,
} from '@striate/core';
import { formatShape } from '../input-shapes.ts';
import { isSymbolicTensor, type LayerCall, type SymbolicTensor } from '../layer-function.ts';
import { checkName } from '../layer-kind.ts';
import { checkChannels } from './check-channels.ts';
import { collectCalls, nameLayers } from './graph.ts';
import { makeModel } from './make-model.ts';
import type { Connection, Model, ModelNode } from './model-graph.ts';

/** Where a functional model begins and ends. */
export interface ModelOptions {
  inputs: SymbolicTensor | readonly SymbolicTensor[];
  outputs: SymbolicTensor | readonly SymbolicTensor[];
  /** The model's name where it is nested in another. */
  name?: string;
}

/** What is known of a saved model's layers besides their options. */
export interface LayerNotes {
  readonly names: ReadonlyMap<Layer, string>;
  readonly trainable: ReadonlyMap<Layer, boolean>;
}

/**
 * Makes a model of the graph between symbolic tensors, with any number of inputs and outputs. All shapes are checked.
 * The model can be called like a layer, to nest it in another: `block(x)`.
 *
 * @throws {ShapeError} if a layer cannot take what it is given
 * @throws {OptionError} if an input is missing, two layers have the same name, or one that takes the last axis for the
 * channels, without being told so, stands behind one that puts them first
 * @example
 * const x = input([32, 32, 3]);
 * const h = conv2d({ filters: 16, kernelSize: 3, padding: 'same', activation: 'relu' })(x);
 * const network = model({ inputs: x, outputs: dense({ units: 10 })(globalAveragePool2d()(h)) });
 */
export function model(options: ModelOptions): Model {
  const made = assemble(options);
  checkChannels(made.nodes);
  return made;
}

/** Like {@link model}, with names for layers that have none of their own, and which of them are trained. */
export function assemble(options: ModelOptions, notes: LayerNotes = { names: new Map(), trainable: new Map() }): Model {
  const known = { inputs: true, outputs: true, name: true } as const;
  checkOptions('model', options, known, 'model({ inputs: x, outputs: y })');
  const { name = '' } = options;
  if (name !== '') checkName('model', name);
  const inputList = symbolicTensors(options, 'inputs');
  const outputList = symbolicTensors(options, 'outputs');
  const calls = collectCalls(inputList, outputList);
  const nodes = makeNodes(calls, nameLayers(calls, notes.names), trainableLayers(calls, notes.trainable));

  const places = new Map(calls.map((call, place) => [call, place]));
  const connect = ({ call, output }: SymbolicTensor): Connection => ({ node: places.get(call)!, output });
  const graphInputs = inputList.map(connect);
  const graphOutputs = outputList.map(connect);
  const shapeOf = ({ node, output }: Connection): Shape => outputShape(nodes[node]!, output);
  checkPaths(nodes);
  const inputShapes = graphInputs.map(shapeOf);
  const outputShapes = graphOutputs.map(shapeOf);
  return makeModel({ nodes, inputs: graphInputs, outputs: graphOutputs, inputShapes, outputShapes, name });
}

function symbolicTensors(options: ModelOptions, option: 'inputs' | 'outputs'): readonly SymbolicTensor[] {
  const list: readonly unknown[] = [options[option]].flat();
  const wrong = list.findIndex((value) => !isSymbolicTensor(value));
  if (wrong < 0) return list as readonly SymbolicTensor[];
  throw new OptionError(
    `model: ${option} is or holds ${describe(list[wrong])}, but takes what input([28, 28, 1]) or a layer gave: model({ inputs: x, outputs: y }).`,
  );
}

/** Whether each layer is trained: by its own option, unless more is known; one call that is frozen freezes a shared layer. */
function trainableLayers(calls: readonly LayerCall[], known: ReadonlyMap<Layer, boolean>): Map<Layer, boolean> {
  const trainable = new Map<Layer, boolean>();
  for (const { layer, nested } of calls) {
    const own: unknown = known.get(layer) ?? nested?.trainable ?? layer.options['trainable'] ?? true;
    checkFlag(layer.type, 'trainable', own as boolean);
    trainable.set(layer, own === true && (trainable.get(layer) ?? true));
  }
  return trainable;
}

function makeNodes(
  calls: readonly LayerCall[],
  names: ReadonlyMap<Layer, string>,
  trainable: ReadonlyMap<Layer, boolean>,
): ModelNode[] {
  const places = new Map(calls.map((call, place) => [call, place]));
  const firstCalls = new Map<Layer, ModelNode>();
  const callCounts = new Map<Layer, number>();
  const nodes: ModelNode[] = [];
  for (const { layer, inputs: sources } of calls) {
    const layerName = names.get(layer)!;
    const count = (callCounts.get(layer) ?? 0) + 1;
    callCounts.set(layer, count);
    const name = count === 1 ? layerName : `${layerName}:${count}`;
    const inputs = sources.map(({ call, output }) => ({ node: places.get(call)!, output }));
    const inputShapes = inputs.map(({ node, output }) => outputShape(nodes[node]!, output));
    const node = {
      name,
      layerName,
      layer,
      inputs,
      inputShapes,
      trainable: trainable.get(layer)!,
      ...atLayer(name, inputShapes, () => ({
        outputShapes: layer.outputShapes(inputShapes),
        parameters: layer.parameters?.(inputShapes) ?? {},
        state: layer.state?.(inputShapes) ?? {},
      })),
    };
    const first = firstCalls.get(layer) ?? node;
    checkShared(first, node);
    firstCalls.set(layer, first);
    nodes.push(node);
  }
  return nodes;
}

function outputShape(node: ModelNode, output: number): Shape {
  const shape = node.outputShapes[output];
  if (shape) return shape;
  throw new OptionError(
    `model: output ${output} of layer '${node.name}' is used, but it has ${node.outputShapes.length}.`,
  );
}

function atLayer<T>(name: string, inputShapes: readonly Shape[], compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    const given = inputShapes.map(formatShape).join(' and ');
    throw new ShapeError(`model: at layer '${name}', which is given ${given}: ${error.message}`, { cause: error });
  }
}

// One set of parameters serves all calls of a shared layer, so they must want the same shapes.
function checkShared(first: ModelNode, node: ModelNode): void {
  const shapes = (specs: Readonly<Record<string, ParameterSpec>>): string =>
    Object.entries(specs)
      .map(([name, { shape }]) => `${name} ${formatShape(shape)}`)
      .join(', ');
  const wanted = [first, node].map(({ parameters, state }) => shapes({ ...parameters, ...state }));
  if (wanted[0] === wanted[1]) return;
  throw new ShapeError(
    `model: layer '${node.layerName}' is shared, but its calls need different parameters: ${wanted[0]} for ${first.inputShapes.map(formatShape).join(' and ')}, ` +
      `${wanted[1]} for ${node.inputShapes.map(formatShape).join(' and ')}.`,
  );
}

// A given name may hold '/', so that two layers' parameters could end up with the same path.
function checkPaths(nodes: readonly ModelNode[]): void {
  const owners = new Map<string, Layer>();
  for (const { layer, layerName, parameters, state } of nodes) {
    for (const name of Object.keys({ ...parameters, ...state })) {
      const path = `${layerName}/${name}`;
      if ((owners.get(path) ?? layer) !== layer)
        throw new OptionError(`model: two layers have a parameter '${path}'. Give them other names.`);
      owners.set(path, layer);
    }
  }
}
