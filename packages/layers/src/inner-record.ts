import type { Json, Layer, RecordApart } from '@striate/core';

/** The layer inside a wrapper such as `dropConnect`, which holds it in its option `layer`. */
export function innerRecord({ layer }: Layer['options']): RecordApart | undefined {
  const isRecord = typeof layer === 'object' && layer !== null && 'type' in layer && 'options' in layer;
  return isRecord ? (layer as Json & RecordApart) : undefined;
}
