import {
  OptionError,
  describe,
  isRecord,
  option,
  type Layer,
  type Option,
  type ParameterSpec,
  type Shape,
} from '@striate/core';
import type { LayerOptions } from './layer-function.ts';
import { layerContract } from './layer-kind.ts';
import { withoutZeroSlopes } from './without-zero-slopes.ts';

/** The option of a wrapper that is the layer inside it. */
export interface InnerLayer {
  layer: Layer;
}

/** {@link InnerLayer}. */
export const innerLayer: Option<Layer, 'required'> = option.sibling<Layer>(layerContract, {
  doc: 'The layer inside, one with a kernel.',
});

/**
 * What a wrapper, which computes the layer inside it with other values of its kernels, takes over from that: all that
 * stays true, around the layers that it would give.
 *
 * @param wrap the wrapper around another layer
 */
export function wrapped(inner: Layer, wrap: (layer: Layer) => Layer): Layer {
  // What is linear in a kernel, or does the same to each channel, need not be so in a kernel's own parameters.
  const { linear: _, channelMap: __, ...same } = inner;
  const { withActivation, withPenalties } = inner;
  return {
    ...same,
    ...(withActivation && {
      withActivation(activation) {
        const changed = withActivation(activation);
        return changed && wrap(changed);
      },
    }),
    ...(withPenalties && { withPenalties: (penalties) => wrap(withPenalties(penalties)) }),
    withoutZeroSlopes: () => wrap(withoutZeroSlopes(inner)),
  };
}

/**
 * The parameters of a layer that are weights, for wrappers that change them.
 *
 * @throws {OptionError} if it has none
 */
export function kernelsOf(where: string, layer: Layer, inputs: readonly Shape[]): Record<string, ParameterSpec> {
  const specs = Object.entries(layer.parameters?.(inputs) ?? {});
  const kernels = specs.filter(([, { kind }]) => kind === 'kernel');
  if (kernels.length > 0) return Object.fromEntries(kernels);
  throw new OptionError(`${where}: a layer of type '${layer.type}' has no kernel that could be normalised.`);
}

/**
 * A wrapper's options, which take over the inner layer's name.
 *
 * @throws {OptionError} if there is no layer inside, or the options are no record
 */
export function withInnerName<Options extends LayerOptions>(where: string, layer: Layer, options: Options): Options {
  if (!isLayer(layer)) {
    throw new OptionError(
      `${where}: got ${describe(layer)}, but takes a layer with a kernel first: ${where}(dense({ units: 10 })).`,
    );
  }
  if (!isRecord(options)) {
    throw new OptionError(`${where}: its options are ${describe(options)}, but must be a record.`);
  }
  const name = layer.options['name'] as string | undefined;
  return name === undefined ? options : { name, ...options };
}

function isLayer(value: unknown): boolean {
  const canHold = typeof value === 'function' || isRecord(value);
  return canHold && 'outputShapes' in value && 'options' in value;
}
