import { option, streams, type Layer, type ops, type Option, type Shape, type Tensor } from '@striate/core';
import { identity } from './identity.ts';
import { onlyInput } from './input-shapes.ts';
import type { LayerMade } from './layer-kind.ts';

/** What makes one layer of the dropout family. */
export interface RandomLayer {
  /** Throws a ShapeError for an input that the layer cannot take. */
  checkShape?(shape: Shape): void;
  /** What training makes of the values. */
  drop(x: Tensor, source: ops.RandomSource): Tensor;
  /** What inference makes of them. Default: nothing. */
  infer?(x: Tensor): Tensor;
}

/** The rate of a layer that drops values. */
export const rateOption = (doc: string): Option<number, 'required'> =>
  option.number({ doc, example: 0.5, minimum: 0, below: 1 });

/** A layer that drops or disturbs values in training, at a rate above 0, and keeps their shape. */
export function randomLayer(
  type: string,
  rate: number,
  { checkShape, drop, infer = identity }: RandomLayer,
): LayerMade {
  const outputShapes: Layer['outputShapes'] = (inputs) => {
    const shape = onlyInput(type, inputs);
    checkShape?.(shape);
    return [shape];
  };
  return {
    random: true,
    computes: 'means',
    outputShapes,
    apply([x], _values, { random }) {
      if (rate === 0) return { outputs: [identity(x!)] };
      return { outputs: [random ? drop(x!, { ...random, stream: streams.dropout }) : infer(x!)] };
    },
  };
}
