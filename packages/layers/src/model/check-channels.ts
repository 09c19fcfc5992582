import { OptionError } from '@striate/core';
import type { ModelNode } from './model-graph.ts';

/**
 * A layer that takes the last axis for the channels, without having been told so, behind one that puts them first would
 * work on columns. Saved models are not asked: they may come from a time when no option could tell.
 *
 * @throws {OptionError} naming both, and the option to write
 */
export function checkChannels(nodes: readonly ModelNode[]): void {
  const first = new Map<ModelNode, ModelNode>();
  for (const node of nodes) {
    const { layer, layerName, inputs } = node;
    const source = inputs.map((input) => first.get(nodes[input.node]!)).find((origin) => origin !== undefined);
    if (layer.assumesChannelsLast !== undefined && source !== undefined) {
      const [wanted, other] = {
        axis: ['axis: 1', 'axis: -1'],
        dataFormat: ["dataFormat: 'channelsFirst'", "dataFormat: 'channelsLast'"],
      }[layer.assumesChannelsLast] as [string, string];
      throw new OptionError(
        `model: '${layerName}' takes the last axis for the channels, but '${source.layerName}' puts them first. Write ${layer.type}({ ${wanted} }), or ${layer.type}({ ${other} }) if you mean the last axis.`,
      );
    }
    if (layer.channelsFirst) first.set(node, node);
    else if (source !== undefined && keepsOrder(node)) first.set(node, source);
  }
}

/** Whether a node's output surely has its axes in the order of its input: a size of its own marks the channels. */
function keepsOrder({ inputShapes, outputShapes }: ModelNode): boolean {
  const [shape, output] = [inputShapes[0]!, outputShapes[0]!];
  const [channels, ...rest] = shape;
  return shape.length === 3 && shape.join() === output.join() && !rest.includes(channels!) && !rest.includes(null);
}
