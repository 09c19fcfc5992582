import { fill, type Values } from '@striate/core';

/** A tensor of zeros for each parameter, by its name. */
export function zerosLikeAll(parameters: Values): Values {
  return Object.fromEntries(Object.entries(parameters).map(([name, { shape }]) => [name, fill(shape, 0)]));
}
