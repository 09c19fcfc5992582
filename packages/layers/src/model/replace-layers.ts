import type { Layer } from '@striate/core';
import { makeModel } from './make-model.ts';
import type { Model, ModelNode } from './model-graph.ts';

/**
 * The same graph with other layers that give outputs of the same shapes, under the same names.
 *
 * @param replace gets each layer once, with its name; what it gives takes the layer's place in all calls
 */
export function replaceLayers(model: Model, replace: (layer: Layer, name: string) => Layer): Model {
  const replaced = new Map<Layer, Layer>();
  const nodes = model.nodes.map((node): ModelNode => {
    if (!replaced.has(node.layer)) replaced.set(node.layer, replace(node.layer, node.layerName));
    const layer = replaced.get(node.layer)!;
    const { inputShapes } = node;
    return {
      ...node,
      layer,
      parameters: layer.parameters?.(inputShapes) ?? {},
      state: layer.state?.(inputShapes) ?? {},
    };
  });
  return makeModel({ ...model, nodes, name: model.name });
}
