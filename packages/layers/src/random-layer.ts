import { streams, type ops, type Layer, type Shape, type Tensor } from '@striate/core';
import { identity } from './identity.ts';
import { onlyInput } from './input-shapes.ts';
import { defineLayer, type LayerFunction } from './layer-function.ts';

/** What makes one layer of the dropout family. */
export interface RandomLayer {
  type: string;
  options: { readonly rate: number };
  /** Throws a ShapeError for an input that the layer cannot take. */
  checkShape?(shape: Shape): void;
  /** What training makes of the values. */
  drop(x: Tensor, source: ops.RandomSource): Tensor;
  /** What inference makes of them. Default: nothing. */
  infer?(x: Tensor): Tensor;
}

/** A layer that drops or disturbs values in training, at a rate above 0, and keeps their shape. */
export function randomLayer({ type, options, checkShape, drop, infer = identity }: RandomLayer): LayerFunction {
  const outputShapes: Layer['outputShapes'] = (inputs) => {
    const shape = onlyInput(type, inputs);
    checkShape?.(shape);
    return [shape];
  };
  return defineLayer({
    type,
    options,
    random: true,
    computes: 'means',
    outputShapes,
    apply([x], _values, { random }) {
      if (options.rate === 0) return { outputs: [identity(x!)] };
      return { outputs: [random ? drop(x!, { ...random, stream: streams.dropout }) : infer(x!)] };
    },
  });
}
