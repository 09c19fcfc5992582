import {
  OptionError,
  clone,
  describe,
  fill,
  ops,
  sizeOf,
  suggestion,
  tidy,
  type Layer,
  type Tensor,
  type Values,
} from '@striate/core';
import { isLinear } from '../activations.ts';
import { placeOfAxis } from '../along-axis.ts';
import { activation as activationLayer } from '../layers/activation.ts';
import { checkNetwork } from './check-network.ts';
import type { Network } from './initialize.ts';
import type { ModelNode } from './model-graph.ts';
import { replaceLayers } from './replace-layers.ts';

/**
 * A network for inference in which each batch norm behind a convolution or dense layer has become part of it:
 *
 *   kernel' = kernel * gamma / sqrt(variance + epsilon)
 *   bias' = (bias - mean) * gamma / sqrt(variance + epsilon) + beta
 *
 * with the moving statistics. It computes what the network computes in inference, up to rounding, with fewer passes
 * over the activations. Layers keep their names; a batch norm becomes an activation that does nothing. Batch norms
 * elsewhere (behind an addition, a shared layer, an activation), or of another axis than the layer's channels, stay.
 * Layers of others take part as ours do: one says that it is `linear`, one that it has a `channelMap`.
 *
 * @returns a new network of the same meaning, whose tensors belong to the caller; the one given is left alone. Do not train it.
 * @throws {OptionError} for what is no network, or one with a tensor that is disposed
 * @throws {DataError} if a parameter or statistic of the model is missing or of another shape
 * @example
 * const fast = foldBatchNorm(network);
 * const probabilities = await predict(fast, images);
 */
export function foldBatchNorm(network: Network): Network {
  checkNetwork('foldBatchNorm', network);
  const { model } = network;
  const pairs = foldablePairs(model.nodes, new Set(model.outputs.map(({ node }) => node)));
  const folding = new Map<Layer, Layer>(
    pairs.flatMap(({ producer, norm, both }) => [
      [producer.layer, both],
      [norm.layer, activationLayer({ activation: 'linear' })],
    ]),
  );
  const folded = replaceLayers(model, (layer) => folding.get(layer) ?? layer);
  const { parameters, state } = tidy(() => {
    const parameters: Values = { ...network.parameters };
    const state: Values = { ...network.state };
    for (const { producer, norm } of pairs) {
      Object.assign(parameters, foldedValues(producer, norm, network));
      for (const name of Object.keys(norm.parameters)) delete parameters[`${norm.layerName}/${name}`];
      for (const name of Object.keys(norm.state)) delete state[`${norm.layerName}/${name}`];
    }
    return { parameters: copies(parameters), state: copies(state) };
  });
  return { ...network, model: folded, parameters, state };
}

interface Pair {
  producer: ModelNode;
  norm: ModelNode;
  /** The layer that computes what both do. */
  both: Layer;
}

function foldablePairs(nodes: readonly ModelNode[], results: ReadonlySet<number>): Pair[] {
  const users = new Map<number, number>();
  const calls = new Map<Layer, number>();
  for (const { layer, inputs } of nodes) {
    calls.set(layer, (calls.get(layer) ?? 0) + 1);
    for (const { node } of inputs) users.set(node, (users.get(node) ?? 0) + 1);
  }
  return nodes.flatMap((norm): Pair[] => {
    const [source, ...others] = norm.inputs;
    if (!norm.layer.channelMap || !source || source.output > 0 || others.length > 0) return [];
    const producer = nodes[source.node]!;
    const alone = users.get(source.node) === 1 && !results.has(source.node) && producer.inputs.length === 1;
    const once = calls.get(producer.layer) === 1 && calls.get(norm.layer) === 1;
    const both = alone && once && fits(producer, norm) ? withNorm(producer.layer, norm.layer) : undefined;
    return both ? [{ producer, norm, both }] : [];
  });
}

/** Whether the channels of a norm are what the filters of the layer before it give, with nothing between. */
function fits({ layerName, layer, parameters, outputShapes }: ModelNode, norm: ModelNode): boolean {
  const { linear, activation = 'linear' } = layer;
  if (!linear || !isLinear(activation)) return false;
  if (!Object.hasOwn(parameters, linear.kernel)) {
    throw new OptionError(
      `foldBatchNorm: layer '${layerName}' of type '${layer.type}' says that it is linear in ${describe(linear.kernel)}, which is none of its parameters. ${suggestion(linear.kernel, Object.keys(parameters))}`,
    );
  }
  const { length: rank } = outputShapes[0]!;
  const place = placeOfAxis(norm.layer.channelMap!.axis, rank);
  const channels = outputShapes[0]![place]!;
  return place === placeOfAxis(linear.axis, rank) && sizeOf(parameters[linear.kernel]!.shape) % channels === 0;
}

/** The layer with a bias and the norm's activation, if it can compute that. */
function withNorm({ linear }: Layer, { activation = 'linear' }: Layer): Layer | undefined {
  const biased = linear!.withBias();
  return isLinear(activation) ? biased : biased.withActivation?.(activation);
}

function foldedValues({ layerName, layer }: ModelNode, norm: ModelNode, { parameters, state }: Network): Values {
  const { linear } = layer;
  const { epsilon, values } = norm.layer.channelMap!;
  const own = (specs: ModelNode['state'], all: Values): [string, Tensor][] =>
    Object.keys(specs).map((name) => [name, all[`${norm.layerName}/${name}`]!]);
  const { gamma, beta, mean, variance } = values(
    Object.fromEntries([...own(norm.parameters, parameters), ...own(norm.state, state)]),
  );
  const [kernelPath, biasPath] = [`${layerName}/${linear!.kernel}`, `${layerName}/${linear!.bias}`];
  const kernel = parameters[kernelPath]!;
  const channels = mean.size;
  const zeros = fill([channels], 0);
  // A batch norm of the kernel whose mean and offset are 0 multiplies each filter by its factor.
  const filters = ops.reshape(kernel, [kernel.size / channels, channels]);
  const scaled = ops.batchNormInference({ x: filters, gamma, beta: zeros, mean: zeros, variance }, { epsilon });
  const bias = ops.reshape(parameters[biasPath] ?? zeros, [1, channels]);
  const moved = ops.batchNormInference({ x: bias, gamma, beta, mean, variance }, { epsilon });
  return { [kernelPath]: ops.reshape(scaled, kernel.shape), [biasPath]: ops.reshape(moved, [channels]) };
}

function copies(values: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([path, value]) => [path, clone(value)]));
}
