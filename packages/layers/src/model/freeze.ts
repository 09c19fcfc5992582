import { OptionError, checkFunction, checkOptions, describe, suggestion } from '@striate/core';
import { checkModel, isModel } from './check-model.ts';
import { checkModelOrNetwork } from './check-network.ts';
import type { Network } from './initialize.ts';
import { makeModel } from './make-model.ts';
import type { Model, ModelGraph, ModelNode } from './model-graph.ts';

/** What a layer is, where its name does not tell. */
export interface FreezableLayer {
  /** 'batchNorm' */
  readonly type: string;
  /** Whether it is trained as things are. */
  readonly trainable: boolean;
}

/**
 * The same model or network with some layers frozen. Training leaves a frozen layer as it is, to the bit: it computes no
 * gradients of its parameters, applies no penalty, decay or constraint to them, and leaves moving statistics alone. Batch
 * norm therefore works with those in training too, as in inference; dropout still drops.
 *
 * Which layers were frozen before does not matter: `freeze(network, () => false)` trains all. No path changes, and the
 * values of a network are shared with the one given, not copied: dispose of one of the two.
 *
 * @param isFrozen asked once for each layer, by its name ('conv2d_1', or 'block/conv2d' in a nested model)
 * @returns a new model or network; the one given is left alone
 * @throws {OptionError} for what is neither, or no function
 * @throws {DataError} if a network's values are not those of its model
 * @example
 * const tuned = freeze(network, (layer) => !layer.startsWith('dense')); // train the classifier alone
 * const resting = freeze(network, (layer, { type, trainable }) => !trainable || type === 'batchNorm'); // and batch norm
 */
export function freeze(network: Network, isFrozen: IsFrozen): Network;
export function freeze(model: Model, isFrozen: IsFrozen): Model;
export function freeze(given: Model | Network, isFrozen: IsFrozen): Model | Network {
  checkModelOrNetwork('freeze', given);
  checkFunction('freeze', 'isFrozen', isFrozen);
  return withTrainable(
    given,
    ({ layerName, layer, trainable }) => !isFrozen(layerName, { type: layer.type, trainable }),
  );
}

/** Whether a layer is to be frozen. */
export type IsFrozen = (layerName: string, layer: FreezableLayer) => boolean;

/** Options of {@link unfreeze}. */
export interface UnfreezeOptions {
  /** Name of the first layer that is to be trained. Default: all are. */
  from?: string;
}

/**
 * The same model or network with a layer, and all that come after it in the model's order (that of `summary`), trained;
 * those before it stay as they are. With `freeze` it makes the usual recipe of fine-tuning: first the new classifier alone,
 * then the last layers of the trunk as well, at a lower learning rate. As with `freeze`, values are shared, not copied.
 *
 * @returns a new model or network; the one given is left alone
 * @throws {OptionError} for what is neither, or a layer that is not in it, with the nearest name
 * @throws {DataError} if a network's values are not those of its model
 * @example
 * const first = freeze(network, (layer) => layer !== 'dense');
 * const second = unfreeze((await fit(first, data, options)).network, { from: 'conv2d_17' });
 */
export function unfreeze(network: Network, options?: UnfreezeOptions): Network;
export function unfreeze(model: Model, options?: UnfreezeOptions): Model;
export function unfreeze(given: Model | Network, options: UnfreezeOptions = {}): Model | Network {
  checkModelOrNetwork('unfreeze', given);
  checkOptions('unfreeze', options, { from: true }, "unfreeze(network, { from: 'conv2d_5' })");
  const { nodes } = isModel(given) ? given : given.model;
  const names = [...new Set(nodes.map(({ layerName }) => layerName))];
  const { from = names[0]! } = options;
  const first = names.indexOf(from);
  if (first < 0)
    throw new OptionError(`unfreeze: the model has no layer ${describe(from)}. ${suggestion(String(from), names)}`);
  const trained = new Set(names.slice(first));
  return withTrainable(given, ({ layerName, trainable }) => trainable || trained.has(layerName));
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

/** Each layer is asked for once, by its first call. */
function withTrainable(given: Model | Network, isTrained: (node: ModelNode) => boolean): Model | Network {
  if (!isModel(given)) return { ...given, model: withTrainable(given.model, isTrained) as Model };
  const trainable = new Map<string, boolean>();
  for (const node of given.nodes) {
    if (!trainable.has(node.layerName)) trainable.set(node.layerName, isTrained(node));
  }
  const nodes = given.nodes.map((node) => ({ ...node, trainable: trainable.get(node.layerName)! }));
  return makeModel({ ...given, nodes, name: given.name });
}
