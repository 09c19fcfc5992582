import { OptionError, checkOptions, describe } from '@striate/core';
import { isSymbolicTensor, type LayerFunction, type SymbolicTensor } from '../layer-function.ts';
import type { Model } from './model-graph.ts';
import { model } from './model.ts';

/**
 * A model that is a chain of layers.
 *
 * @param chain first `input([...])`, then layers or models, each of which gets what the one before it gave
 * @param options `name`: the model's name where it is nested in another
 * @throws {ShapeError} if a layer cannot take what it is given
 * @throws {OptionError} if the first entry is not an input
 * @example
 * const network = sequential([input([28, 28, 1]), conv2d({ filters: 32, kernelSize: 3 }), flatten(), dense({ units: 10 })]);
 */
export function sequential(
  chain: readonly [SymbolicTensor, ...(LayerFunction | Model)[]],
  options: { name?: string } = {},
): Model {
  if (!Array.isArray(chain)) {
    const given: unknown = chain;
    const what = isSymbolicTensor(given) ? 'an input' : describe(given);
    throw new OptionError(
      `sequential: got ${what}, but takes a list that begins with an input. Put the layers into one: sequential([input([28, 28, 1]), flatten(), dense({ units: 10 })]).`,
    );
  }
  checkOptions('sequential', options, { name: true }, "sequential([...], { name: 'encoder' })");
  const [first, ...layers] = chain as Parameters<typeof sequential>[0];
  if (!isSymbolicTensor(first)) {
    throw new OptionError('sequential: the first entry must be an input, such as input([28, 28, 1]).');
  }
  const wrong = layers.findIndex((layer: unknown) => typeof layer !== 'function' || !('outputShapes' in layer));
  if (wrong >= 0)
    throw new OptionError(
      `sequential: entry ${wrong + 2} (counted from 1) is ${isSymbolicTensor(layers[wrong]) ? 'an input or what a layer gave' : describe(layers[wrong])}, which is not a layer.`,
    );
  return model({ ...options, inputs: first, outputs: layers.reduce((x, layer) => layer(x), first) });
}
