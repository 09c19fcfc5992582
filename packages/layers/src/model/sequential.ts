import { OptionError } from '@striate/core';
import { isSymbolicTensor, type LayerFunction, type SymbolicTensor } from '../layer-function.ts';
import { model, type Model } from './model.ts';

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
  const [first, ...layers] = chain;
  if (!isSymbolicTensor(first)) {
    throw new OptionError('sequential: the first entry must be an input, such as input([28, 28, 1]).');
  }
  const wrong = layers.findIndex(
    (layer: unknown) => typeof layer !== 'function' || !('apply' in layer || 'nodes' in layer),
  );
  if (wrong >= 0) throw new OptionError(`sequential: entry ${wrong + 2} (counted from 1) is not a layer.`);
  return model({ ...options, inputs: first, outputs: layers.reduce((x, layer) => layer(x), first) });
}
