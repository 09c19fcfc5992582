import { checkOptions, clone, fill, ops, tidy, type Layer, type Tensor, type Values } from '@striate/core';
import { placeOfAxis } from '../along-axis.ts';
import { makeLayer } from '../make-layer.ts';
import type { LayerFactory } from '../layer-function.ts';
import { activation } from '../layers/activation.ts';
import { simplified } from '../activations.ts';
import { scaleAndCenterValues } from '../scale-and-center.ts';
import { checkNetwork } from './check-network.ts';
import { putsChannelsFirst } from './check-channels.ts';
import type { Network } from './initialize.ts';
import type { ModelNode } from './model.ts';
import { replaceLayers } from './replace-layers.ts';

/** Layers whose outputs are linear in a kernel with one filter at each place of its last axes, by that kernel's name. */
const kernelNames: Readonly<Record<string, string>> = {
  conv1d: 'kernel',
  conv2d: 'kernel',
  dense: 'kernel',
  depthwiseConv2d: 'kernel',
  separableConv2d: 'pointwiseKernel',
};

/**
 * A network for inference in which each batch norm behind a convolution or dense layer has become part of it:
 *
 *   kernel' = kernel * gamma / sqrt(variance + epsilon)
 *   bias' = (bias - mean) * gamma / sqrt(variance + epsilon) + beta
 *
 * with the moving statistics. It computes what the network computes in inference, up to rounding, with fewer passes
 * over the activations. Layers keep their names; a batch norm becomes an activation that does nothing. Batch norms
 * elsewhere (behind an addition, a shared layer, an activation), or of another axis than the layer's channels, stay.
 *
 * @param layers factories of layer types that do not come with this package, by type
 * @returns a new network of the same meaning, whose tensors belong to the caller; the one given is left alone. Do not train it.
 * @throws {OptionError} for what is no network, or one with a tensor that is disposed
 * @throws {DataError} if a parameter or statistic of the model is missing or of another shape
 * @example
 * const fast = foldBatchNorm(network);
 * const probabilities = await predict(fast, images);
 */
export function foldBatchNorm(network: Network, options: { layers?: Record<string, LayerFactory> } = {}): Network {
  checkOptions('foldBatchNorm', options, { layers: true });
  const { layers = {} } = options;
  checkNetwork('foldBatchNorm', network);
  const { model } = network;
  const pairs = foldablePairs(model.nodes, new Set(model.outputs.map(({ node }) => node)));
  const producers = new Map(pairs.map(({ producer, norm }) => [producer.layer, norm]));
  const norms = new Set(pairs.map(({ norm }) => norm.layer));
  const folded = replaceLayers(model, (layer, name) => {
    const norm = producers.get(layer);
    if (norm) {
      const options = { ...layer.options, useBias: true, activation: norm.layer.options['activation'] };
      return makeLayer(`foldBatchNorm: layer '${name}'`, { type: layer.type, options }, layers);
    }
    return norms.has(layer) ? activation({ activation: 'linear' }) : layer;
  });
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
}

function foldablePairs(nodes: readonly ModelNode[], results: ReadonlySet<number>): Pair[] {
  const users = new Map<number, number>();
  const calls = new Map<Layer, number>();
  for (const { layer, inputs } of nodes) {
    calls.set(layer, (calls.get(layer) ?? 0) + 1);
    for (const { node } of inputs) users.set(node, (users.get(node) ?? 0) + 1);
  }
  return nodes.flatMap((norm): Pair[] => {
    const source = norm.inputs[0]?.node;
    if (norm.layer.type !== 'batchNorm' || norm.inputs.length !== 1 || source === undefined) return [];
    const producer = nodes[source]!;
    const alone = users.get(source) === 1 && !results.has(source);
    const once = calls.get(producer.layer) === 1 && calls.get(norm.layer) === 1;
    const linear = simplified(producer.layer.options['activation'] ?? 'linear') === 'linear';
    const foldable = alone && once && linear && Object.hasOwn(kernelNames, producer.layer.type);
    return foldable && normPlace(norm) === channelPlace(producer) ? [{ producer, norm }] : [];
  });
}

/** Which axis of a sample a batch norm normalises. */
function normPlace({ layer, inputShapes }: ModelNode): number {
  return placeOfAxis((layer.options['axis'] as number | undefined) ?? -1, inputShapes[0]!.length);
}

/** Which axis of a sample holds what each filter gave. */
function channelPlace({ layer, outputShapes }: ModelNode): number {
  return putsChannelsFirst(layer) ? 0 : outputShapes[0]!.length - 1;
}

function foldedValues(producer: ModelNode, norm: ModelNode, { parameters, state }: Network): Values {
  const of = (node: ModelNode, name: string): Tensor | undefined =>
    parameters[`${node.layerName}/${name}`] ?? state[`${node.layerName}/${name}`];
  const channels = norm.inputShapes[0]![normPlace(norm)]!;
  const kernelName = kernelNames[producer.layer.type]!;
  const kernel = of(producer, kernelName)!;
  const { gamma: scale, beta: offset } = { gamma: of(norm, 'gamma'), beta: of(norm, 'beta') };
  const { gamma, beta } = scaleAndCenterValues([channels], {
    ...(scale && { gamma: scale }),
    ...(offset && { beta: offset }),
  });
  const variance = of(norm, 'movingVariance')!;
  const zeros = fill([channels], 0);
  const attributes = { epsilon: norm.layer.options['epsilon'] as number };
  // A batch norm of the kernel whose mean and offset are 0 multiplies each filter by its factor.
  const filters = ops.reshape(kernel, [kernel.size / channels, channels]);
  const scaled = ops.batchNormInference({ x: filters, gamma, beta: zeros, mean: zeros, variance }, attributes);
  const bias = ops.reshape(of(producer, 'bias') ?? zeros, [1, channels]);
  const mean = of(norm, 'movingMean')!;
  const moved = ops.batchNormInference({ x: bias, gamma, beta, mean, variance }, attributes);
  return {
    [`${producer.layerName}/${kernelName}`]: ops.reshape(scaled, kernel.shape),
    [`${producer.layerName}/bias`]: ops.reshape(moved, [channels]),
  };
}

function copies(values: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([path, value]) => [path, clone(value)]));
}
