import { checkFunction } from '@striate/core';
import { checkModel } from './check-model.ts';
import { callable, type Model, type ModelGraph } from './model.ts';
import { planSteps } from './fuse.ts';

/**
 * A model of the same layers of which some are frozen: training computes no gradients of their parameters and leaves
 * their moving statistics alone, so that batch norm works with those in training as well. Which were frozen before does
 * not matter: `freeze(model, () => false)` trains all. Values stay as they are, since no path changes.
 *
 * @param isFrozen asked once for each layer, by its name ('conv2d_1', or 'block/conv2d' in a nested model)
 * @example
 * const tuned = freeze(resnet20(), (layer) => !layer.startsWith('dense')); // train the classifier alone
 */
export function freeze(model: Model, isFrozen: (layerName: string) => boolean): Model {
  checkModel('freeze', model);
  checkFunction('freeze', 'isFrozen', isFrozen);
  const trainable = new Map(
    [...new Set(model.nodes.map(({ layerName }) => layerName))].map((name) => [name, !isFrozen(name)]),
  );
  const nodes = model.nodes.map((node) => ({ ...node, trainable: trainable.get(node.layerName)! }));
  const { inputs, outputs, inputShapes, outputShapes } = model;
  return callable({ nodes, inputs, outputs, inputShapes, outputShapes, steps: planSteps(nodes, outputs) }, model.name);
}

/**
 * Paths of the parameters that training leaves as they are.
 *
 * @example
 * frozenParameters(freeze(lenet5(), (layer) => layer === 'conv2d')); // Set { 'conv2d/kernel', 'conv2d/bias' }
 */
export function frozenParameters(model: ModelGraph): Set<string> {
  checkModel('frozenParameters', model);
  const { nodes } = model;
  const frozen = nodes.filter(({ trainable }) => !trainable);
  return new Set(
    frozen.flatMap(({ layerName, parameters }) => Object.keys(parameters).map((name) => `${layerName}/${name}`)),
  );
}
