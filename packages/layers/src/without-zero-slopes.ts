import type { Layer } from '@striate/core';

/** A layer of the same windows whose derivatives are not 0 by accident: what it says, or itself without its activation. */
export function withoutZeroSlopes(layer: Layer): Layer {
  return layer.withoutZeroSlopes?.() ?? layer.withActivation?.('linear') ?? layer;
}
