import { pad, reshape, slice } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Padding } from '../shape.ts';

/** Puts `factor - 1` zeros between neighbours along an axis: `n` places become `(n - 1) * factor + 1`. */
export function spread(x: Tensor, axis: number, factor: number): Tensor {
  if (factor === 1) return x;
  const { shape } = x;
  const size = shape[axis]!;
  const split = [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)];
  const zeros = split.map((_, index): [number, number] => [0, index === axis + 1 ? factor - 1 : 0]);
  const joined = shape.map((length, index) => (index === axis ? length * factor : length));
  const kept = shape.map((length, index) => (index === axis ? (size - 1) * factor + 1 : length));
  return slice(reshape(pad(reshape(x, split), zeros), joined), new Array(kept.length).fill(0), kept);
}

/** Pads the two image axes of an NHWC tensor; negative padding cuts off. */
export function padImage(x: Tensor, [top, bottom, left, right]: Padding, value = 0): Tensor4D {
  const sides: [number, number][] = [
    [0, 0],
    [Math.max(0, top), Math.max(0, bottom)],
    [Math.max(0, left), Math.max(0, right)],
    [0, 0],
  ];
  const padded = sides.flat().some((side) => side > 0) ? pad(x, sides, value) : x;
  const begin = [0, Math.max(0, -top), Math.max(0, -left), 0];
  const size = padded.shape.map((length, axis) => {
    if (axis === 1) return length - Math.max(0, -top) - Math.max(0, -bottom);
    return axis === 2 ? length - Math.max(0, -left) - Math.max(0, -right) : length;
  });
  const whole = size.every((length, axis) => length === padded.shape[axis]);
  return (whole ? padded : slice(padded, begin, size)) as Tensor4D;
}
