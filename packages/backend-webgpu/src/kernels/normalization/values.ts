import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Binding } from '../../kernel.ts';

/** How neighbouring channels are handled: four at once where they can be. */
export interface Values {
  /** Whether four at once. */
  vectors: boolean;
  /** Values of a row. */
  columns: number;
  /** The tensor as an array of values. */
  bind(tensor: TensorInfo): Binding;
}

/** Values of rows of `channels` numbers that are to be cut at multiples of `unit`. */
export function valuesOf(channels: number, unit: number = channels): Values {
  const vectors = unit % 4 === 0;
  return {
    vectors,
    columns: vectors ? channels / 4 : channels,
    bind: (tensor) => (vectors ? { tensor, vectors: true } : tensor),
  };
}

/**
 * WGSL: the type of values, of the results of comparing them, and of their bits. NaN is told by its bits, since compilers
 * may take it that there is none.
 */
export function valueCode({ vectors }: Pick<Values, 'vectors'>): string {
  return `${
    vectors
      ? 'alias Value = vec4<f32>; alias Flags = vec4<bool>; alias Words = vec4<u32>; alias Integers = vec4<i32>;'
      : 'alias Value = f32; alias Flags = bool; alias Words = u32; alias Integers = i32;'
  }

fn isNan(x: Value) -> Flags {
  return (bitcast<Words>(x) & Words(0x7fffffffu)) > Words(0x7f800000u);
}

// max(0, x), but NaN stays.
fn rectified(x: Value) -> Value {
  return select(x, Value(), x < Value());
}
`;
}

/** WGSL: how many numbers a value has, their sum, and the first. */
export const numbersCode = ({ vectors }: Pick<Values, 'vectors'>): string => `
const NUMBERS = ${vectors ? '4.0' : '1.0'};
fn total(x: Value) -> f32 { return ${vectors ? 'dot(x, Value(1.0))' : 'x'}; }
fn firstOf(x: Value) -> f32 { return ${vectors ? 'x.x' : 'x'}; }
`;
