import { OptionError, describe, isRecord, type Layer, type ParameterSpec, type Shape } from '@striate/core';
import type { LayerOptions } from './layer-function.ts';

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
  return typeof value === 'function' && 'outputShapes' in value && 'options' in value;
}
