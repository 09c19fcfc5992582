import { checkModel } from './check-model.ts';
import type { ModelGraph } from './model-graph.ts';

/**
 * Names of a model's outputs, by which losses and metrics are given: those of the nodes that give them; 'name[1]' for a
 * further output of the same node.
 *
 * @throws {OptionError} for anything but a model
 * @example
 * outputNames(lenet5()); // ['dense_2']
 */
export function outputNames(model: ModelGraph): string[] {
  checkModel('outputNames', model);
  const { nodes, outputs } = model;
  return outputs.map(({ node, output }) => `${nodes[node]!.name}${output === 0 ? '' : `[${output}]`}`);
}
