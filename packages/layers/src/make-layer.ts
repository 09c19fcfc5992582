import { OptionError, clipped, suggestion, type Json, type Layer } from '@striate/core';
import { builtInLayers } from './built-in-layers.ts';
import type { LayerFactory, LayerFunction } from './layer-function.ts';

/** A layer as data: as a wrapper such as `dropConnect` holds the one inside it, in its option `layer`. */
export interface LayerRecord {
  readonly type: string;
  readonly options: Layer['options'];
}

/** The layer inside a wrapper, from the wrapper's options. */
export function innerRecord({ layer }: Layer['options']): LayerRecord | undefined {
  const isRecord = typeof layer === 'object' && layer !== null && 'type' in layer && 'options' in layer;
  return isRecord ? (layer as Json & LayerRecord) : undefined;
}

/**
 * Makes a layer, and those inside it, from its type and options.
 *
 * @param where function and layer, for errors: "modelFromJson: layer 'a'"
 * @throws {OptionError} for an unknown type, with the nearest name, and what to pass
 */
export function makeLayer(
  where: string,
  { type, options }: LayerRecord,
  custom: Readonly<Record<string, LayerFactory>>,
): LayerFunction {
  const factories: Readonly<Record<string, LayerFactory>> = { ...builtInLayers, ...custom };
  const factory = Object.hasOwn(factories, type) ? factories[type] : undefined;
  if (!factory) {
    throw new OptionError(
      `${where} is of the unknown type '${clipped(type)}'. ${suggestion(type, Object.keys(factories))} ` +
        `If it is a layer of your own or of another package, pass its factory: layers: { ${clipped(type)} }.`,
    );
  }
  const inner = innerRecord(options);
  return factory((inner ? { ...options, layer: makeLayer(where, inner, custom) } : options) as never); // checked by the factory
}
