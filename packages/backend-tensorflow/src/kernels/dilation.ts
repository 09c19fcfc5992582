import type { Pair } from '@striate/core';
import { float32, type } from '../attributes.ts';
import type { Operations } from '../operations.ts';

/** A kernel [kh, kw, C, F] with zeros between its taps: convolving with it is convolving with dilation. */
export function spread(
  run: Operations,
  kernel: number,
  shape: readonly number[],
  [down, across]: Pair,
): { handle: number; shape: number[] } {
  const [kh, kw, channels, filters] = shape as [number, number, number, number];
  if (down === 1 && across === 1) return { handle: kernel, shape: [...shape] };
  const apart = run.pad(run.reshape(kernel, [kh, 1, kw, 1, channels * filters]), [
    [0, 0],
    [0, down - 1],
    [0, 0],
    [0, across - 1],
    [0, 0],
  ]);
  const whole = run.reshape(apart, [kh * down, kw * across, channels, filters]);
  const wanted = [(kh - 1) * down + 1, (kw - 1) * across + 1, channels, filters];
  return { handle: run.slice(whole, [0, 0, 0, 0], wanted), shape: wanted };
}

/** The taps of a kernel with zeros between them, without the zeros. */
export function sampled(run: Operations, kernel: number, shape: readonly number[], [down, across]: Pair): number {
  if (down === 1 && across === 1) return kernel;
  const { constants } = run;
  const bounds = [
    constants.integers([0, 0, 0, 0]),
    constants.integers(shape),
    constants.integers([down, across, 1, 1]),
  ];
  return run.one('StridedSlice', [kernel, ...bounds], [float32, type('Index', 'int32')]);
}
