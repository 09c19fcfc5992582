import type { ParameterSpec } from '@striate/core';
import { checkModel } from './check-model.ts';
import type { ModelGraph } from './model-graph.ts';

/**
 * The trained parameters of a model by path ('conv2d_1/kernel'), in the order of the graph. Those of a shared layer
 * exist once.
 *
 * @example
 * Object.keys(parameterSpecs(lenet5())); // ['conv2d/kernel', 'conv2d/bias', 'conv2d_1/kernel', ...]
 */
export function parameterSpecs(model: ModelGraph): Record<string, ParameterSpec> {
  checkModel('parameterSpecs', model);
  return byPath(model, 'parameters');
}

/** The values of a model that training updates by other means than gradients (moving statistics), by path. */
export function stateSpecs(model: ModelGraph): Record<string, ParameterSpec> {
  checkModel('stateSpecs', model);
  return byPath(model, 'state');
}

function byPath({ nodes }: ModelGraph, key: 'parameters' | 'state'): Record<string, ParameterSpec> {
  return Object.fromEntries(
    nodes.flatMap((node) => Object.entries(node[key]).map(([name, spec]) => [`${node.layerName}/${name}`, spec])),
  );
}
