import {
  OptionError,
  describe,
  foreignKinds,
  option,
  ownKinds,
  type Contract,
  type DefineKind,
  type Layer,
  type OptionsOf,
} from '@striate/core';
import { layerMembers } from './check-definition.ts';
import { defineLayer, type LayerFunction, type LayerOptions } from './layer-function.ts';

/** A layer without its type and options, which are its kind's. */
export type LayerMade = Omit<Layer, 'type' | 'options'>;

/** {@link LayerOptions}. */
const layerOptions: OptionsOf<LayerOptions, 'open'> = {
  name: option.optional(
    option.checked<string>({
      doc: "The layer's name in the model, and the beginning of its parameters' paths.",
      wanted: "a text without ':'",
      check: (where, _name, name) => checkName(where, name),
      example: 'head',
    }),
  ),
  trainable: option.optional(
    option.flag({ doc: 'Whether training changes its parameters and statistics.', example: false }),
  ),
};

/** What all layers have in common. */
export const layerContract: Contract<LayerMade, LayerFunction> = {
  noun: 'layer',
  options: layerOptions,
  byHand: layerMembers,
  build: (type, options, made) => defineLayer({ ...made, type, options }),
};

/** Defines a layer of ours. */
export const layerKind: DefineKind<LayerMade, LayerFunction, LayerOptions> = ownKinds<
  LayerMade,
  LayerFunction,
  LayerOptions
>(layerContract);

/**
 * Defines a kind of layers of your own: a type in a namespace of yours, options, and the layer that they make. A model that
 * uses it can be saved, and is loaded with `kinds: [scaled]`.
 *
 * @returns the factory
 * @throws {OptionError} for a type without a namespace, and a definition that is not whole
 * @example
 * const scaled = defineLayerKind({
 *   type: 'me/scaled',
 *   doc: 'Multiplies by a number.',
 *   options: { factor: option.number({ doc: 'By what.', default: 2 }) },
 *   make: ({ factor }) => ({
 *     outputShapes: ([shape]) => [shape!],
 *     apply: ([x]) => ({ outputs: [ops.rescale(x!, { scale: [factor] })] }),
 *   }),
 * });
 * const y = scaled({ factor: 3 })(input([8]));
 */
export const defineLayerKind: DefineKind<LayerMade, LayerFunction, LayerOptions> = foreignKinds<
  LayerMade,
  LayerFunction,
  LayerOptions
>('defineLayerKind', layerContract);

/** @throws {OptionError} unless a layer's or model's name is a text without ':', which marks further calls of a layer. */
export function checkName(where: string, name: unknown): asserts name is string {
  if (typeof name === 'string' && /^[^:]+$/.test(name)) return;
  throw new OptionError(`${where}: name is ${describe(name)}, but must be a text without ':'.`);
}
