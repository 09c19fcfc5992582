import { OptionError } from '@striate/core';
import { isSymbolicTensor, type LayerCall, type SymbolicTensor } from '../layer-function.ts';
import type { Model } from './model.ts';

/**
 * Repeats a model's calls behind other inputs, as part of another graph: the same layers, so that a model that is nested
 * twice is shared.
 *
 * @throws {OptionError} if the number of inputs is not the model's.
 */
export function callNested(model: Model, given: SymbolicTensor | readonly SymbolicTensor[]): SymbolicTensor {
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
    calls.push({ layer: node.layer, inputs: entry < 0 ? sources : [inputs[entry]!], nested: { model, node } });
  }
  const siblings = model.outputs.map(({ node, output }) => ({ call: calls[node]!, output }));
  return { ...siblings[0]!, siblings };
}
