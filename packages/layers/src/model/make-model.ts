import { OptionError, type Regularizer } from '@striate/core';
import { isSymbolicTensor, type LayerCall, type SymbolicTensor } from '../layer-function.ts';
import { planSteps } from './fuse.ts';
import type { Model, ModelGraph, ModelNode } from './model-graph.ts';

/** A model of a graph's nodes, with all that follows from them. */
export function makeModel({
  nodes,
  inputs,
  outputs,
  inputShapes,
  outputShapes,
  name,
}: Omit<ModelGraph, 'steps' | 'penalties'> & { readonly name: string }): Model {
  const steps = planSteps(nodes, outputs);
  const graph: ModelGraph = { nodes, inputs, outputs, inputShapes, outputShapes, steps, penalties: penaltiesOf(nodes) };
  const nest = (given: SymbolicTensor | readonly SymbolicTensor[]): SymbolicTensor => callNested(made, given);
  // A function's name is not writable, but it can be defined anew.
  const made = Object.defineProperty(Object.assign(nest, graph), 'name', { value: name });
  return made;
}

/** A shared layer's count once, and a frozen layer's not at all. */
function penaltiesOf(nodes: readonly ModelNode[]): Record<string, Regularizer> {
  return Object.fromEntries(
    nodes.flatMap(({ layerName, parameters, trainable }) =>
      Object.entries(trainable ? parameters : {}).flatMap(([parameter, { regularizer }]) =>
        regularizer === undefined ? [] : [[`${layerName}/${parameter}`, regularizer]],
      ),
    ),
  );
}

/**
 * Repeats a model's calls behind other inputs, as part of another graph: the same layers, so that a model that is nested
 * twice is shared.
 *
 * @throws {OptionError} if the number of inputs is not the model's.
 */
function callNested(model: Model, given: SymbolicTensor | readonly SymbolicTensor[]): SymbolicTensor {
  const inputs: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (inputs.length !== model.inputs.length || !inputs.every(isSymbolicTensor)) {
    throw new OptionError(
      `model${model.name && ` '${model.name}'`}: was called with ${inputs.length} inputs, but takes ${model.inputs.length} symbolic tensors, such as input([28, 28, 1]).`,
    );
  }
  const calls: LayerCall[] = [];
  for (const [place, node] of model.nodes.entries()) {
    const entry = model.inputs.findIndex((connection) => connection.node === place);
    const sources = node.inputs.map((source) => ({ call: calls[source.node]!, output: source.output }));
    const nested = { model, layerName: node.layerName, trainable: node.trainable };
    calls.push({ layer: node.layer, inputs: entry < 0 ? sources : [inputs[entry]!], nested });
  }
  const siblings = model.outputs.map(({ node, output }) => ({ call: calls[node]!, output }));
  return { ...siblings[0]!, siblings };
}
